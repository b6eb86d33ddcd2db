/** One figure with its name; it leads to the executions that it counts. */

import { Paper, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Schema } from "@/lib/api";

import classes from "./statistics.module.css";

interface Props {
  label: string;
  value: string;
  /** A second line. */
  detail?: string;
  /** Which executions are counted. */
  search?: { workflow: string; state?: Schema<"ExecutionStateEnum">[] };
  isBad?: boolean;
}

export function Tile({ label, value, detail, search, isBad = false }: Props) {
  return (
    <Paper withBorder p="sm" className={classes.tile}>
      <Text size="xs" c="var(--wasl-muted)">
        {label}
      </Text>
      <Text size="xl" fw={650} c={isBad ? "var(--mantine-color-error)" : undefined}>
        {search === undefined ? (
          value
        ) : (
          <Link to="/executions" search={search} className={classes.link} aria-label={`${label}: ${value}`}>
            {value}
          </Link>
        )}
      </Text>
      {detail !== undefined && (
        <Text size="xs" c="var(--wasl-muted)">
          {detail}
        </Text>
      )}
    </Paper>
  );
}
