/** The inputs for windows of time, and for how often an event happened in one. */

import { Group, NumberInput, Select, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { RelationPicker } from "@/components/relation";

import classes from "./predicate.module.css";
import { asText, type ValueProps } from "./scalars";
import type { Occurrences } from "./types";
import { UNITS, type Unit, windowOf } from "./windows";

interface WindowProps {
  label: string;
  text: string;
  onChange: (text: string) => void;
  disabled: boolean;
  invalid: boolean;
}

function WindowInput({ label, text, onChange, disabled, invalid }: WindowProps) {
  const { t } = useTranslation("predicate");
  const window = windowOf(text);
  if (text !== "" && window === null)
    return (
      <TextInput
        aria-label={label}
        value={text}
        disabled={disabled}
        error={invalid}
        className="ltr"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  const { amount, unit } = window ?? { amount: 7, unit: "d" as Unit };
  return (
    <Group gap={4} wrap="nowrap">
      <NumberInput
        aria-label={label}
        w={80}
        min={1}
        allowDecimal={false}
        allowNegative={false}
        value={amount}
        disabled={disabled}
        error={invalid}
        onChange={(next) => onChange(`${Number(next) || 1}${unit}`)}
      />
      <Select
        aria-label={t("window.unit")}
        w={112}
        disabled={disabled}
        data={UNITS.map((each) => ({ value: each, label: t(`window.names.${each}`) }))}
        value={unit}
        allowDeselect={false}
        onChange={(next) => onChange(`${amount}${next ?? unit}`)}
      />
    </Group>
  );
}

export function Within({ value, onChange, ...props }: ValueProps) {
  return <WindowInput {...props} text={asText(value)} onChange={onChange} />;
}

const COUNTS = ["least", "never", "between"] as const;

function countOf({ at_most }: Occurrences): (typeof COUNTS)[number] {
  if (at_most === undefined || at_most === null) return "least";
  return at_most === 0 ? "never" : "between";
}

export function Performed({ value, onChange, label, disabled, invalid }: ValueProps) {
  const { t } = useTranslation("predicate");
  const now: Occurrences =
    typeof value === "object" && value !== null && "event_type" in value
      ? value
      : { event_type: "", within: "30d" };
  const count = countOf(now);
  const { at_least = 1 } = now;
  const limits: Readonly<Record<string, Pick<Occurrences, "at_least" | "at_most">>> = {
    least: { at_least: Math.max(at_least, 1) },
    never: { at_least: 0, at_most: 0 },
    between: { at_least, at_most: Math.max(at_least, 1) },
  };
  const { event_type, within } = now;
  const number = (what: "at_least" | "at_most", shown: number) => (
    <NumberInput
      aria-label={t(`times.${what}`)}
      w={76}
      min={0}
      allowDecimal={false}
      value={shown}
      disabled={disabled}
      onChange={(next) => onChange({ ...now, [what]: Number(next) || 0 })}
    />
  );
  return (
    <div className={classes.performed}>
      <RelationPicker
        aria-label={label}
        kind="event-type"
        required
        value={event_type || null}
        disabled={disabled}
        error={invalid && event_type === ""}
        onChange={(next) => onChange({ ...now, event_type: next ?? "" })}
      />
      <Group gap={4}>
        <Select
          aria-label={t("times.label")}
          w={120}
          disabled={disabled}
          data={COUNTS.map((each) => ({ value: each, label: t(`times.names.${each}`) }))}
          value={count}
          allowDeselect={false}
          onChange={(next) => onChange({ event_type, within, ...limits[next ?? "least"] })}
        />
        {count !== "never" && number("at_least", at_least)}
        {count === "between" && number("at_most", now.at_most ?? at_least)}
        <Text size="sm" c="var(--wasl-muted)">
          {t("times.within")}
        </Text>
        <WindowInput
          label={t("times.window")}
          text={within}
          disabled={disabled}
          invalid={false}
          onChange={(next) => onChange({ ...now, within: next })}
        />
      </Group>
    </div>
  );
}
