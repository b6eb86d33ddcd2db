/** The parts of an object, one below the other; what is seldom needed waits behind "Advanced". */

import { Button, Collapse, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ObjectFieldTemplateProps } from "@rjsf/utils";
import { IconChevronDown } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useEnvironment } from "../environment";
import { dottedPath, isNameless, labelOf, placeIn } from "../placing";
import type { Place } from "../prepare";
import { isRecord, textOf } from "../schema";
import classes from "../schema-form.module.css";
import { Section } from "./Section";

/** Whether a part is of use now: `x-when` names the values that others must have for it. */
function applies(
  place: Place,
  value: Readonly<Record<string, unknown>>,
  siblings: Place["properties"],
): boolean {
  const when = place.schema["x-when"];
  if (!isRecord(when)) return true;
  return Object.entries(when).every(([name, wanted]) => {
    const actual = value[name] ?? siblings[name]?.schema.default;
    return Array.isArray(wanted) && wanted.includes(actual);
  });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

export function ObjectTemplate({
  properties,
  fieldPathId,
  uiSchema,
  formData,
  required,
  title,
}: ObjectFieldTemplateProps) {
  const { t } = useTranslation("schema-form");
  const { errors } = useEnvironment();
  const place = placeIn(uiSchema);
  const path = dottedPath(fieldPathId);
  const value = isRecord(formData) ? formData : {};

  const shown = properties.filter(({ name }) => {
    const part = place.properties[name];
    if (part === undefined || part.schema.const !== undefined) return false;
    return applies(part, value, place.properties) || isGiven(value[name]);
  });
  const advanced = shown.filter(({ name }) => place.properties[name]?.schema["x-advanced"] === true);
  const plain = shown.filter((part) => !advanced.includes(part));
  const wrong = advanced.some(({ name }) => {
    const at = path === "" ? name : `${path}.${name}`;
    return Object.keys(errors).some((error) => error === at || error.startsWith(`${at}.`));
  });
  const [opened, { toggle }] = useDisclosure(false);

  const parts = (
    <Stack gap="md">
      {plain.map(({ name, content }) => (
        <div key={name}>{content}</div>
      ))}
      {advanced.length > 0 && (
        <div>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            aria-expanded={opened || wrong}
            onClick={toggle}
            leftSection={
              <IconChevronDown
                size={14}
                className={classes.chevron}
                data-open={opened || wrong || undefined}
              />
            }
          >
            {t("advanced", { count: advanced.length })}
          </Button>
          <Collapse expanded={opened || wrong}>
            <Stack gap="md" pt="sm">
              {advanced.map(({ name, content }) => (
                <div key={name}>{content}</div>
              ))}
            </Stack>
          </Collapse>
        </div>
      )}
    </Stack>
  );

  if (path === "") return parts;
  const nameless = isNameless(place);
  return (
    <Section
      title={nameless ? "" : labelOf(place, title)}
      description={nameless ? "" : textOf(place.schema.description)}
      required={required === true}
    >
      {parts}
    </Section>
  );
}
