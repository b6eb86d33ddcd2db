/** What each column of the file is, beside what stands in it. */

import { Select, Text } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";

import { useColumnLabel } from "../parts/useColumnLabel";
import { columnsQuery } from "../queries";
import { mapped, TARGETS } from "./steps";
import classes from "./transfer.module.css";

interface Props {
  file: Schema<"ContactImport">;
  mapping: readonly string[];
  onChange: (mapping: string[]) => void;
}

const EXAMPLES = 3;

export function MappingStep({ file, mapping, onChange }: Props) {
  const { t } = useTranslation("contacts");
  const labelOf = useColumnLabel();
  const { data: columns } = useQuery(columnsQuery);
  const own = columns?.filter(({ custom }) => custom) ?? [];
  const choices = [
    {
      group: t("import.ours"),
      items: TARGETS.map((key) => ({ value: key, label: labelOf({ key, label: key }) })),
    },
    ...(own.length > 0
      ? [{ group: t("column.custom"), items: own.map(({ key, label }) => ({ value: key, label })) }]
      : []),
  ];
  return (
    <>
      <Text size="sm" c="var(--wasl-muted)">
        {t("import.mappingText")}{" "}
        <Link to="/settings/fields" className={classes.plainLink}>
          {t("import.addField")}
        </Link>
      </Text>
      <div className={classes.mapping}>
        {file.columns.map((name, number) => {
          const examples = file.sample
            .map((row) => row[number] ?? "")
            .filter((cell) => cell.trim() !== "")
            .slice(0, EXAMPLES);
          const target = mapping[number] ?? "";
          return (
            <div key={number} className={classes.map} data-left-out={target === "" || undefined}>
              <div style={{ minWidth: 0 }}>
                <Text size="sm" fw={600} truncate dir="auto">
                  {name}
                </Text>
                <div className={classes.examples} dir="auto">
                  {examples.join(" · ") || t("import.emptyColumn")}
                </div>
              </div>
              <IconArrowRight size={18} stroke={1.6} className={classes.arrow} aria-hidden />
              <Select
                data={choices}
                value={target === "" ? null : target}
                onChange={(value) => onChange(mapped(mapping, number, value ?? ""))}
                placeholder={t("import.leaveOut")}
                aria-label={t("import.target", { name })}
                searchable
                clearable
              />
            </div>
          );
        })}
      </div>
    </>
  );
}
