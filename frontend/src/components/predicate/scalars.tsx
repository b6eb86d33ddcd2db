/** The inputs for one value of a line: text, numbers, yes or no, moments, things of the tenant. */

import { Group, NumberInput, Select, TextInput } from "@mantine/core";
import { DateInput, DateTimePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { RelationPicker, type RelationName } from "@/components/relation";

import type { Field } from "./catalogue";
import classes from "./predicate.module.css";
import type { ComparisonValue, Scalar } from "./types";

export interface ValueProps {
  label: string;
  field: Field;
  value: ComparisonValue | undefined;
  onChange: (value: ComparisonValue) => void;
  disabled: boolean;
  invalid: boolean;
}

/** Fields whose values are things of the tenant. */
export const RELATED: Readonly<Record<string, RelationName>> = {
  "user.tags": "tag",
  "user.segments": "segment",
  "user.language": "language",
  "event.type": "event-type",
  "event.data.tag": "tag",
  "event.data.channel_id": "channel",
  "conversation.assignee_id": "member",
  "conversation.provider": "provider",
};

export interface ScalarProps extends Omit<ValueProps, "value" | "onChange"> {
  value: Scalar | null;
  onChange: (value: Scalar) => void;
}

export function asText(value: ComparisonValue | undefined): string {
  return value === null || value === undefined || typeof value === "object" ? "" : String(value);
}

export function TextValue({ label, value, onChange, disabled, invalid }: ScalarProps) {
  return (
    <TextInput
      aria-label={label}
      dir="auto"
      value={asText(value)}
      disabled={disabled}
      error={invalid}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function NumberValue({ label, value, onChange, disabled, invalid }: ScalarProps) {
  return (
    <NumberInput
      aria-label={label}
      value={typeof value === "boolean" || value === null ? "" : value}
      disabled={disabled}
      error={invalid}
      clampBehavior="none"
      onChange={(next) => onChange(typeof next === "number" || next === "" ? next : Number(next))}
    />
  );
}

function BooleanValue({ label, value, onChange, disabled, invalid }: ScalarProps) {
  const { t } = useTranslation("predicate");
  return (
    <Select
      aria-label={label}
      data={[
        { value: "true", label: t("value.yes") },
        { value: "false", label: t("value.no") },
      ]}
      value={typeof value === "boolean" ? String(value) : null}
      disabled={disabled}
      error={invalid}
      allowDeselect={false}
      onChange={(next) => onChange(next === "true")}
    />
  );
}

export const DAY = /^\d{4}-\d{2}-\d{2}$/;
export const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/;

/** A day or a moment; what is written with an offset or otherwise stays as text. */
export function TimeValue(props: ScalarProps) {
  const { label, value, onChange, disabled, invalid } = props;
  const { t } = useTranslation("predicate");
  const text = asText(value);
  const [exact, setExact] = useState(MOMENT.test(text));
  if (text !== "" && !DAY.test(text) && !MOMENT.test(text)) return <TextValue {...props} />;
  const shared = { "aria-label": label, disabled, error: invalid, clearable: false, flex: 1, miw: 120 };
  return (
    <Group gap={4} wrap="nowrap">
      {exact ? (
        <DateTimePicker
          {...shared}
          value={text === "" ? null : text.replace("T", " ")}
          placeholder={t("value.moment")}
          onChange={(next) => onChange(next === null ? "" : next.slice(0, 16).replace(" ", "T"))}
        />
      ) : (
        <DateInput
          {...shared}
          value={text === "" ? null : text.slice(0, 10)}
          valueFormat="YYYY-MM-DD"
          placeholder={t("value.day")}
          onChange={(next) => onChange(next ?? "")}
        />
      )}
      <Select
        aria-label={t("value.precision")}
        w={96}
        disabled={disabled}
        data={[
          { value: "day", label: t("value.ofDay") },
          { value: "moment", label: t("value.ofMoment") },
        ]}
        value={exact ? "moment" : "day"}
        allowDeselect={false}
        onChange={(next) => {
          setExact(next === "moment");
          if (text !== "") onChange(next === "moment" ? `${text.slice(0, 10)}T09:00` : text.slice(0, 10));
        }}
      />
    </Group>
  );
}

const SCALAR_TYPES = ["string", "number", "boolean"] as const;
const BY_SCALAR = { string: TextValue, number: NumberValue, boolean: BooleanValue } as const;
const FRESH = { string: "", number: 0, boolean: true } as const;

/** A field that may hold anything: 5 is not the text 5, so the type is asked for. */
export function AnyValue(props: ScalarProps) {
  const { value, onChange, disabled } = props;
  const { t } = useTranslation("predicate");
  const type = SCALAR_TYPES.find((each) => each === typeof value) ?? "string";
  const Input = BY_SCALAR[type];
  return (
    <Group gap={4} wrap="nowrap">
      <div className={classes.grow}>
        <Input {...props} />
      </div>
      <Select
        aria-label={t("value.type")}
        w={96}
        disabled={disabled}
        data={SCALAR_TYPES.map((each) => ({ value: each, label: t(`value.types.${each}`) }))}
        value={type}
        allowDeselect={false}
        onChange={(next) => {
          const chosen = SCALAR_TYPES.find((each) => each === next);
          if (chosen !== undefined && chosen !== type) onChange(FRESH[chosen]);
        }}
      />
    </Group>
  );
}

const BY_TYPE: Readonly<Record<Field["type"], React.ComponentType<ScalarProps>>> = {
  text: TextValue,
  number: NumberValue,
  boolean: BooleanValue,
  datetime: TimeValue,
  list: TextValue,
  object: AnyValue,
  any: AnyValue,
};

export function ScalarValue(props: ScalarProps) {
  const { field, value, onChange, label, disabled, invalid } = props;
  const { t } = useTranslation("predicate");
  const relation = RELATED[field.path];
  if (relation !== undefined && typeof value !== "boolean")
    return (
      <RelationPicker
        aria-label={label}
        kind={relation}
        other
        value={asText(value) || null}
        disabled={disabled}
        error={invalid}
        required
        onChange={(next) => onChange(next ?? "")}
      />
    );
  if (field.choices.length > 0)
    return (
      <Select
        aria-label={label}
        data={field.choices.map((choice) => ({
          value: String(choice),
          label: t(`choices.${String(choice)}`, { defaultValue: String(choice) }),
        }))}
        value={value === null ? null : String(value)}
        disabled={disabled}
        error={invalid}
        allowDeselect={false}
        onChange={(next) => onChange(field.choices.find((choice) => String(choice) === next) ?? asText(next))}
      />
    );
  // A value of another type than the field's is shown as what it is.
  const own = field.type === "number" ? "number" : field.type === "boolean" ? "boolean" : "string";
  const Input = value === null || value === "" || typeof value === own ? BY_TYPE[field.type] : AnyValue;
  return <Input {...props} />;
}
