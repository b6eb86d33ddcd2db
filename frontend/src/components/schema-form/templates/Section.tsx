/** A part of a form with parts of its own: a heading, and what belongs to it set off by a line. */

import { Group, Input, Text } from "@mantine/core";
import { useId } from "react";

import classes from "../schema-form.module.css";

interface Props {
  title: string;
  description?: string;
  required?: boolean;
  /** Buttons beside the heading. */
  actions?: React.ReactNode;
  children?: React.ReactNode;
}

export function Section({ title, description = "", required = false, actions, children }: Props) {
  const id = useId();
  return (
    <div role="group" aria-labelledby={title === "" ? undefined : id} className={classes.section}>
      {(title !== "" || actions !== undefined) && (
        <Group justify="space-between" wrap="nowrap" gap="xs" mih={28}>
          <Input.Label id={id} labelElement="div" required={required}>
            {title}
          </Input.Label>
          {actions}
        </Group>
      )}
      {description !== "" && (
        <Text size="xs" c="var(--wasl-muted)" dir="auto">
          {description}
        </Text>
      )}
      {children !== undefined && <div className={title === "" ? undefined : classes.body}>{children}</div>}
    </div>
  );
}
