/** The inputs for what a field is compared with, by the shape of the operator's value. */

import { TagsInput, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { RelationsPicker } from "@/components/relation";

import type { Field } from "./catalogue";
import { Performed, Within } from "./occurrences";
import classes from "./predicate.module.css";
import {
  AnyValue,
  asText,
  DAY,
  MOMENT,
  NumberValue,
  RELATED,
  ScalarValue,
  TextValue,
  TimeValue,
  type ValueProps,
} from "./scalars";
import type { Scalar } from "./types";

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function One(props: ValueProps) {
  return <ScalarValue {...props} value={isScalar(props.value) ? props.value : null} />;
}

/** Text of the operator's own, whatever the field holds; things of the tenant are still picked. */
function Part(props: ValueProps) {
  const { field, value } = props;
  if (RELATED[field.path] !== undefined || (value !== undefined && typeof value !== "string"))
    return <One {...props} />;
  return <TextValue {...props} value={asText(value)} />;
}

/** Digits are numbers where the field holds numbers; what a list had before keeps its type. */
function asMember(text: string, field: Field, before: readonly Scalar[]): Scalar {
  const known = before.find((each) => String(each) === text);
  if (known !== undefined) return known;
  const choice = field.choices.find((each) => String(each) === text);
  if (choice !== undefined) return choice;
  const number = Number(text);
  return field.type === "number" && text.trim() !== "" && !Number.isNaN(number) ? number : text;
}

function Several({ field, value, onChange, label, disabled, invalid }: ValueProps) {
  const { t } = useTranslation("predicate");
  const members: readonly Scalar[] = Array.isArray(value) ? (value as readonly Scalar[]) : [];
  const relation = RELATED[field.path];
  const change = (texts: string[]): void => onChange(texts.map((text) => asMember(text, field, members)));
  const shared = {
    "aria-label": label,
    value: members.map(String),
    disabled,
    error: invalid,
    onChange: change,
  };
  if (relation !== undefined) return <RelationsPicker {...shared} kind={relation} other />;
  const data =
    field.type === "boolean"
      ? ["true", "false"]
      : field.choices.map((choice) => ({
          value: String(choice),
          label: t(`choices.${String(choice)}`, { defaultValue: String(choice) }),
        }));
  return (
    <TagsInput
      {...shared}
      data={data}
      styles={{ inputField: { minWidth: 40 } }}
      acceptValueOnBlur
      splitChars={[",", "،", ";"]}
      placeholder={members.length === 0 ? t("value.list") : undefined}
    />
  );
}

const BOUNDS = { number: NumberValue, time: TimeValue, text: TextValue, any: AnyValue } as const;

/** Numbers, or moments: which of the two the value says, else the field. */
function boundKind(field: Field, value: unknown): keyof typeof BOUNDS {
  if (typeof value === "number") return "number";
  if (typeof value === "string" && value !== "" && field.type !== "datetime")
    return DAY.test(value) || MOMENT.test(value) ? "time" : "text";
  return field.type === "datetime" ? "time" : field.type === "any" ? "any" : "number";
}

function Bound(props: ValueProps) {
  const Input = BOUNDS[boundKind(props.field, props.value)];
  return <Input {...props} value={isScalar(props.value) ? props.value : null} />;
}

function Range(props: ValueProps) {
  const { value, onChange, label, field } = props;
  const { t } = useTranslation("predicate");
  const [from = "", to = ""] = Array.isArray(value) ? (value as readonly Scalar[]) : [];
  const From = BOUNDS[boundKind(field, from)];
  const To = BOUNDS[boundKind(field, to)];
  return (
    <div className={classes.range}>
      <From
        {...props}
        label={`${label}: ${t("value.from")}`}
        value={from}
        onChange={(next) => onChange([next, to])}
      />
      <Text size="sm" c="var(--wasl-muted)">
        {t("and")}
      </Text>
      <To
        {...props}
        label={`${label}: ${t("value.to")}`}
        value={to}
        onChange={(next) => onChange([from, next])}
      />
    </div>
  );
}

function Nothing() {
  return null;
}

const SHAPES: Readonly<Record<string, React.ComponentType<ValueProps>>> = {
  nothing: Nothing,
  scalar: One,
  scalar_or_null: One,
  fragment: Part,
  text: Part,
  search: Part,
  pattern: Part,
  list: Several,
  bound: Bound,
  range: Range,
  duration: Within,
  occurrences: Performed,
};

export function ValueInput({ shape, ...props }: ValueProps & { shape: string }) {
  const Input = SHAPES[shape] ?? One;
  return <Input {...props} />;
}
