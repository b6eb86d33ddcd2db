/** A value that becomes a field when it is pressed, and is saved when it is left. */

import { Checkbox, NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";
import { useFormat, type Format } from "@/lib/format";

import classes from "./panel.module.css";

export type Value = string | number | boolean | null;
type Type = Schema<"CustomField">["type"];

interface Props {
  label: string;
  type: Type;
  value: Value;
  choices?: readonly string[];
  canWrite: boolean;
  ltr?: boolean;
  /** Rejects when the value was refused: the field stays open then. */
  onSave: (value: Value) => Promise<unknown>;
}

const SHOWN: Readonly<Partial<Record<Type, (value: Value, format: Format) => string>>> = {
  number: (value, format) => (typeof value === "number" ? format.number(value) : String(value)),
  date: (value, format) => format.date(String(value)),
  datetime: (value, format) => format.dateTime(String(value)),
};

export function InlineValue({ label, type, value, choices = [], canWrite, ltr = false, onSave }: Props) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const [draft, setDraft] = useState<Value>();
  const empty = value === null || value === "";

  if (type === "boolean")
    return (
      <Checkbox
        checked={value === true}
        disabled={!canWrite}
        onChange={(event) => void onSave(event.currentTarget.checked).catch(() => undefined)}
        aria-label={label}
        py={5}
        px={8}
      />
    );

  const close = (): void => setDraft(undefined);
  const finish = (next: Value): void => {
    if (next === value || (next === "" && empty)) {
      close();
      return;
    }
    onSave(next === "" ? (typeof value === "string" && type === "text" ? "" : null) : next).then(
      close,
      () => undefined,
    );
  };

  if (draft === undefined) {
    const text = empty ? "" : (SHOWN[type]?.(value, format) ?? String(value));
    return canWrite ? (
      <button
        type="button"
        className={classes.value}
        data-empty={empty || undefined}
        onClick={() => setDraft(value ?? "")}
        aria-label={t("fields.change", { field: label, value: empty ? t("fields.empty") : text })}
      >
        <bdi className={ltr ? "ltr" : undefined}>{empty ? t("fields.empty") : text}</bdi>
      </button>
    ) : (
      <bdi className={classes.value}>{empty ? "—" : text}</bdi>
    );
  }

  const common = {
    size: "xs",
    autoFocus: true,
    "aria-label": label,
    onBlur: () => finish(draft),
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key === "Enter") finish(draft);
      if (event.key === "Escape") close();
    },
  } as const;
  if (type === "choice")
    return (
      <Select
        size="xs"
        autoFocus
        aria-label={label}
        data={[...choices]}
        value={typeof draft === "string" && draft !== "" ? draft : null}
        onChange={finish}
        onBlur={close}
        defaultDropdownOpened
        clearable
      />
    );
  if (type === "number")
    return (
      <NumberInput
        {...common}
        value={typeof draft === "number" ? draft : ""}
        onChange={(next) => setDraft(next)}
      />
    );
  const kinds: Readonly<Partial<Record<Type, string>>> = { date: "date", datetime: "datetime-local" };
  return (
    <TextInput
      {...common}
      type={kinds[type] ?? "text"}
      value={String(draft)}
      onChange={(event) => setDraft(event.currentTarget.value)}
      dir={ltr ? "ltr" : "auto"}
    />
  );
}
