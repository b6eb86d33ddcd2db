/** Inputs for numbers: plain ones, money, lengths of time. */

import { Group, NumberInput, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useTenant } from "@/lib/session";

import { durationOf, formOf, secondsOf, type Unit, UNITS, writtenDuration } from "../duration";
import { isRecord, propertiesOf, textOf } from "../schema";
import { type InputProps, placeholderOf, shared } from "./types";

/** `NumberInput` hands over text while a number is being written, such as "-": that is no value yet. */
function asNumber(written: number | string): number | undefined {
  if (typeof written === "number") return written;
  const number = Number(written);
  return written === "" || Number.isNaN(number) ? undefined : number;
}

export function NumberLine(props: InputProps) {
  const { value, onChange, schema } = props;
  const unit = textOf(schema["x-unit"]);
  return (
    <NumberInput
      {...shared(props)}
      value={typeof value === "number" ? value : ""}
      placeholder={placeholderOf(schema)}
      min={typeof schema.minimum === "number" ? schema.minimum : undefined}
      max={typeof schema.maximum === "number" ? schema.maximum : undefined}
      allowDecimal={schema.type !== "integer"}
      clampBehavior="none"
      thousandSeparator=" "
      suffix={unit === "" ? undefined : ` ${unit}`}
      onChange={(next) => onChange(asNumber(next))}
    />
  );
}

/** In the tenant's currency; stored in its main unit, or in its smallest where the schema says `"x-unit": "minor"`. */
export function Money(props: InputProps) {
  const { value, onChange, schema } = props;
  const { i18n } = useTranslation("schema-form");
  const tenant = useTenant();
  const currency = textOf(schema["x-currency"]) || tenant.currency;
  const style = new Intl.NumberFormat(i18n.language, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  });
  const decimals = style.resolvedOptions().maximumFractionDigits ?? 2;
  const scale = schema["x-unit"] === "minor" ? 10 ** decimals : 1;
  const symbol = style.formatToParts(0).find(({ type }) => type === "currency")?.value ?? currency;
  return (
    <NumberInput
      {...shared(props)}
      value={typeof value === "number" ? value / scale : ""}
      placeholder={placeholderOf(schema)}
      min={0}
      decimalScale={decimals}
      clampBehavior="none"
      thousandSeparator=" "
      rightSection={<span dir="auto">{symbol}</span>}
      rightSectionWidth={52}
      rightSectionPointerEvents="none"
      hideControls
      onChange={(next) => {
        const amount = asNumber(next);
        onChange(amount === undefined ? undefined : scale === 1 ? amount : Math.round(amount * scale));
      }}
    />
  );
}

/** The units that the schema's parts know; all but weeks for objects. */
function unitsOf({ schema }: InputProps): readonly Unit[] {
  const parts = isRecord(schema.properties) ? Object.keys(propertiesOf(schema)) : [];
  return parts.length > 0 ? UNITS.filter((unit) => parts.includes(unit)) : UNITS;
}

export function Length(props: InputProps) {
  const { value, onChange, schema, label, disabled } = props;
  const { t } = useTranslation("schema-form");
  const units = unitsOf(props);
  const form = formOf(value, schema.type);
  const seconds = secondsOf(value);
  const preset = secondsOf(schema.default);
  const shown = seconds === null ? null : durationOf(seconds, units);
  const [picked, setPicked] = useState<Unit>(() =>
    preset === null ? "hours" : durationOf(preset, units).unit,
  );
  const [kept, setKept] = useState<Unit | null>(null);
  // A chosen unit stays as chosen: 24 hours do not turn into a day while one writes.
  const exact = kept !== null && seconds !== null ? durationOf(seconds, [kept]) : shown;
  const unit = exact?.unit ?? picked;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <NumberInput
        {...shared(props)}
        flex={1}
        miw={70}
        min={0}
        value={exact?.amount ?? ""}
        placeholder={preset === null ? undefined : String(durationOf(preset, [unit]).amount)}
        clampBehavior="none"
        onChange={(next) => {
          const amount = asNumber(next);
          setKept(unit);
          onChange(amount === undefined ? undefined : writtenDuration({ amount, unit }, form));
        }}
      />
      <Select
        w={130}
        aria-label={t("duration.unit", { name: label })}
        data={units.map((each) => ({ value: each, label: t(`duration.${each}`) }))}
        value={unit}
        disabled={disabled}
        allowDeselect={false}
        onChange={(next) => {
          const chosen = units.find((each) => each === next);
          if (chosen === undefined) return;
          setPicked(chosen);
          setKept(chosen);
          if (exact !== null) onChange(writtenDuration({ amount: exact.amount, unit: chosen }, form));
        }}
      />
    </Group>
  );
}
