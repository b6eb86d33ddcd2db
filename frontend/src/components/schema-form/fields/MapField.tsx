/** Names with values: one row each, the name beside its value. */

import { ActionIcon, Button, Text, TextInput, Tooltip } from "@mantine/core";
import SchemaField from "@rjsf/core/lib/components/fields/SchemaField.js";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { labelOf, type PartProps, placeIn } from "../placing";
import { drawnSchema, drawnUi } from "../prepare";
import { blankOf, isRecord, textOf } from "../schema";
import classes from "../schema-form.module.css";
import { Section } from "../templates/Section";

/** The map with one name changed, in its old order; unchanged when the new name is taken. */
export function renamed(
  map: Readonly<Record<string, unknown>>,
  from: string,
  to: string,
): Record<string, unknown> {
  if (to in map) return { ...map };
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name === from ? to : name, value]));
}

/** A name that the map does not have yet. */
export function freeName(map: Readonly<Record<string, unknown>>, stem: string): string {
  let number = Object.keys(map).length + 1;
  while (`${stem}${number}` in map) number += 1;
  return `${stem}${number}`;
}

interface NameProps {
  name: string;
  taken: readonly string[];
  disabled: boolean;
  onRename: (name: string) => void;
}

function Name({ name, taken, disabled, onRename }: NameProps) {
  const { t } = useTranslation("schema-form");
  const [written, setWritten] = useState(name);
  const clash = written !== name && taken.includes(written);
  return (
    <TextInput
      aria-label={t("map.name")}
      value={written}
      disabled={disabled}
      error={clash ? t("map.taken") : undefined}
      className="ltr"
      onChange={(event) => setWritten(event.currentTarget.value)}
      onBlur={() => {
        if (clash || written === "") setWritten(name);
        else if (written !== name) onRename(written);
      }}
    />
  );
}

export function MapField(props: PartProps) {
  const {
    formData,
    fieldPathId,
    onChange,
    onBlur,
    onFocus,
    disabled = false,
    uiSchema,
    name,
    registry,
    required,
  } = props;
  const { t } = useTranslation("schema-form");
  const place = placeIn(uiSchema);
  const { members } = place;
  const map = isRecord(formData) ? formData : {};
  const names = Object.keys(map);
  // Rows keep their inputs while their names change.
  const [keys, setKeys] = useState<Readonly<Record<string, string>>>({});
  if (members === null) return null;

  const change = (next: Readonly<Record<string, unknown>>): void =>
    onChange(Object.keys(next).length === 0 && required !== true ? undefined : next, fieldPathId.path);

  return (
    <Section
      title={labelOf(place, name)}
      description={textOf(place.schema.description)}
      required={required === true}
      actions={
        disabled ? undefined : (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} />}
            onClick={() => change({ ...map, [freeName(map, "name_")]: blankOf(members.schema) })}
          >
            {t("rows.add")}
          </Button>
        )
      }
    >
      {names.length === 0 && (
        <Text size="sm" c="var(--wasl-muted)">
          {t("rows.none")}
        </Text>
      )}
      <ul className={classes.rows}>
        {names.map((key) => (
          <li key={keys[key] ?? key} className={classes.row}>
            <div className={`${classes.pair} ${classes.member}`}>
              <Name
                name={key}
                taken={names}
                disabled={disabled}
                onRename={(to) => {
                  setKeys((before) => ({ ...before, [to]: before[key] ?? key }));
                  change(renamed(map, key, to));
                }}
              />
              <SchemaField
                name={key}
                schema={drawnSchema(members)}
                uiSchema={drawnUi(members)}
                fieldPathId={{ $id: `${fieldPathId.$id}_${key}`, path: [...fieldPathId.path, key] }}
                formData={map[key]}
                onChange={onChange}
                onBlur={onBlur}
                onFocus={onFocus}
                registry={registry}
                disabled={disabled}
                required={false}
              />
            </div>
            {!disabled && (
              <Tooltip label={t("map.remove", { name: key })}>
                <ActionIcon
                  size={28}
                  mt={4}
                  aria-label={t("map.remove", { name: key })}
                  onClick={() =>
                    change(Object.fromEntries(Object.entries(map).filter(([each]) => each !== key)))
                  }
                >
                  <IconTrash size={15} stroke={1.6} />
                </ActionIcon>
              </Tooltip>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
