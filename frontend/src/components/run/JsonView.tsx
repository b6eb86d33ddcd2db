/** JSON as people read it: keys and values, blank ones left out, the whole of it to copy. */

import { ActionIcon, CopyButton, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { type JsonRow, rowsOf } from "./json";
import classes from "./run.module.css";

interface Props {
  value: unknown;
  /** What it is, for those who copy it. */
  label: string;
}

export function JsonView({ value, label }: Props) {
  const { t } = useTranslation("run");
  const rows = rowsOf(value);
  if (rows.length === 0) {
    return (
      <Text size="sm" c="var(--wasl-muted)">
        {t("json.empty")}
      </Text>
    );
  }
  return (
    <div className={classes.json}>
      <div className={classes.copy}>
        <CopyButton value={JSON.stringify(value, null, 2)}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? t("json.copied") : t("json.copy", { what: label })}>
              <ActionIcon size="sm" onClick={copy} aria-label={t("json.copy", { what: label })}>
                {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </div>
      <Rows rows={rows} />
    </div>
  );
}

function Rows({ rows }: { rows: readonly JsonRow[] }) {
  return (
    <dl className={classes.rows}>
      {rows.map((row) => (
        <div key={row.key} className={row.text === null ? classes.branch : classes.leaf}>
          <dt className="ltr">{row.key}</dt>
          <dd dir={row.isText ? "auto" : "ltr"}>{row.text ?? <Rows rows={row.rows} />}</dd>
        </div>
      ))}
    </dl>
  );
}
