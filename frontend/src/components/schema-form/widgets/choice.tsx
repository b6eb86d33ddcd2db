/** Inputs for choices: yes or no, one of some, several of some. */

import { Chip, Group, MultiSelect, SegmentedControl, Select, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { choicesOf } from "../inputs";
import { alternativesOf, isRecord, textOf } from "../schema";
import type { JSONSchema } from "../types";
import { type InputProps, shared } from "./types";

/** More choices than this, or longer ones together, are a list rather than a row of buttons. */
const MOST_BUTTONS = 4;
const WIDEST_ROW = 34;
const MOST_CHIPS = 10;

export function YesNo(props: InputProps) {
  const { value, onChange, schema, label } = props;
  const checked = typeof value === "boolean" ? value : schema.default === true;
  return (
    <Switch
      id={props.id}
      disabled={props.disabled}
      checked={checked}
      label={label}
      description={textOf(schema.description) || undefined}
      styles={{ description: { color: "var(--wasl-muted)" } }}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

/** Choices may be numbers, which Mantine's inputs are not: each is known by its place. */
function placeIn(choices: readonly { value: unknown }[], value: unknown): string | null {
  const at = choices.findIndex((choice) => choice.value === value);
  return at < 0 ? null : String(at);
}

export function Choose(props: InputProps) {
  const { value, onChange, schema, label, required, disabled } = props;
  const { t } = useTranslation("schema-form");
  const choices = choicesOf(schema);
  const data = choices.map((choice, at) => ({ value: String(at), label: choice.label }));
  const chosen = placeIn(choices, value);
  const preset = choices.find((choice) => choice.value === schema.default);
  const width = data.reduce((sum, each) => sum + each.label.length + 3, 0);

  if (
    data.length > 1 &&
    data.length <= MOST_BUTTONS &&
    width <= WIDEST_ROW &&
    (required || preset !== undefined)
  )
    return (
      <SegmentedControl
        size="sm"
        aria-label={label}
        data={data}
        disabled={disabled}
        value={chosen ?? placeIn(choices, schema.default) ?? ""}
        onChange={(at) => onChange(choices[Number(at)]?.value)}
        style={{ alignSelf: "start" }}
      />
    );
  return (
    <Select
      {...shared(props)}
      data={data}
      value={chosen}
      searchable={data.length > 8}
      clearable={!required}
      allowDeselect={!required}
      placeholder={preset === undefined ? t("choose") : preset.label}
      onChange={(at) => onChange(at === null ? undefined : choices[Number(at)]?.value)}
    />
  );
}

/** The schema of the members, also where the schema allows a word for all of them. */
function membersOf(schema: JSONSchema): JSONSchema {
  const list = [schema, ...alternativesOf(schema)].find((each) => isRecord(each.items));
  return isRecord(list?.items) ? list.items : {};
}

export function ChooseSeveral(props: InputProps) {
  const { value, onChange, schema, label, required, disabled } = props;
  const choices = choicesOf(membersOf(schema));
  const given: unknown = value ?? schema.default;
  const all = typeof given === "string";
  const chosen = all
    ? choices.map((_, at) => String(at))
    : (Array.isArray(given) ? given : []).flatMap((each) => placeIn(choices, each) ?? []);
  const change = (places: readonly string[]): void => {
    const picked = choices.filter((_, at) => places.includes(String(at))).map((choice) => choice.value);
    onChange(picked.length === 0 && !required ? undefined : picked);
  };
  if (choices.length > MOST_CHIPS)
    return (
      <MultiSelect
        {...shared(props)}
        data={choices.map((choice, at) => ({ value: String(at), label: choice.label }))}
        value={chosen}
        searchable
        onChange={change}
      />
    );
  return (
    <Group gap={6} role="group" aria-label={label} id={props.id}>
      <Chip.Group multiple value={chosen} onChange={change}>
        {choices.map((choice, at) => (
          <Chip key={choice.label} value={String(at)} size="xs" disabled={disabled}>
            {choice.label}
          </Chip>
        ))}
      </Chip.Group>
    </Group>
  );
}
