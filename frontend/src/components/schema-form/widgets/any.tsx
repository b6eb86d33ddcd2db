/** An input for a value that may be of several types: the type is chosen beside it. */

import { ActionIcon, Group, Menu, NumberInput, Switch, TextInput } from "@mantine/core";
import { IconAbc, IconBraces, IconNumber123, IconToggleLeft } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { alternativesOf } from "../schema";
import { Json } from "./code";
import { TextLine } from "./text";
import { type InputProps, shared } from "./types";

const TYPES = {
  string: { icon: IconAbc, blank: "" },
  number: { icon: IconNumber123, blank: 0 },
  boolean: { icon: IconToggleLeft, blank: false },
  json: { icon: IconBraces, blank: {} },
} as const;
type TypeName = keyof typeof TYPES;

function typeOf(value: unknown): TypeName {
  if (value === undefined) return "string";
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : "json";
}

/** The types that the schema allows. */
function allowed(props: InputProps): readonly TypeName[] {
  const named = new Set(
    alternativesOf(props.schema).map(({ type }) => (type === "integer" ? "number" : type)),
  );
  const all: TypeName[] = ["string", "number", "boolean", "json"];
  return named.size === 0 ? all : all.filter((type) => named.has(type));
}

const INPUTS: Readonly<Record<TypeName, (props: InputProps) => React.ReactNode>> = {
  string: (props) => <TextLine {...props} />,
  number: (props) => (
    <NumberInput
      {...shared(props)}
      aria-label={props.label}
      value={typeof props.value === "number" ? props.value : ""}
      onChange={(next) => props.onChange(typeof next === "number" ? next : 0)}
    />
  ),
  boolean: (props) => (
    <Switch
      id={props.id}
      mt={8}
      aria-label={props.label}
      disabled={props.disabled}
      checked={props.value === true}
      onChange={(event) => props.onChange(event.currentTarget.checked)}
    />
  ),
  json: (props) => <Json {...props} />,
};

export function AnyValue(props: InputProps) {
  const { value, onChange, disabled, label } = props;
  const { t } = useTranslation("schema-form");
  const [picked, setPicked] = useState<TypeName>(() => typeOf(value));
  const type = value === undefined || value === null ? picked : typeOf(value);
  const types = allowed(props);
  const { icon: Icon } = TYPES[type];
  if (types.length === 0) return <TextInput disabled value="" aria-label={label} />;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <div style={{ flex: 1, minWidth: 0 }}>{INPUTS[type](props)}</div>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            size={28}
            mt={4}
            disabled={disabled}
            aria-label={t("any.type", { name: label, type: t(`any.${type}`) })}
          >
            <Icon size={16} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {types.map((each) => {
            const { icon: Each, blank } = TYPES[each];
            return (
              <Menu.Item
                key={each}
                leftSection={<Each size={16} stroke={1.6} />}
                onClick={() => {
                  setPicked(each);
                  if (each !== type) onChange(blank);
                }}
              >
                {t(`any.${each}`)}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
