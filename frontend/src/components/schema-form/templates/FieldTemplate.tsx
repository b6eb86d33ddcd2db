/** One field: its label, its help, its input, what is wrong with it. */

import { Input, Stack, Text } from "@mantine/core";
import type { FieldTemplateProps } from "@rjsf/utils";

import { useEnvironment } from "../environment";
import { type InputName, type Shape } from "../inputs";
import { dottedPath, isNameless, labelOf, placeIn } from "../placing";
import { textOf } from "../schema";

/** Drawn by their own templates, with headings of their own. */
const SELF_HEADED: ReadonlySet<InputName | Shape> = new Set(["object", "array", "map", "union", "switch"]);

export function descriptionId(id: string): string {
  return `${id}__help`;
}

export function errorId(id: string): string {
  return `${id}__error`;
}

/** What is wrong at a place, under its input. */
function FieldProblems({ id, messages }: { id: string; messages: readonly string[] }) {
  if (messages.length === 0) return null;
  return (
    <Input.Error id={errorId(id)} component="div" role="alert" dir="auto">
      {messages.map((message) => (
        <div key={message}>{message}</div>
      ))}
    </Input.Error>
  );
}

export function FieldTemplate({ id, label, fieldPathId, uiSchema, required, children }: FieldTemplateProps) {
  const { errors } = useEnvironment();
  const path = dottedPath(fieldPathId);
  const place = placeIn(uiSchema);
  // A union's chosen alternative stands at the same path, and shows its errors.
  const messages = path === "" || place.draw === "union" ? [] : (errors[path] ?? []);
  const nameless = isNameless(place);
  const headed = SELF_HEADED.has(place.draw);
  const help = textOf(place.schema.description);
  return (
    <Stack gap={4} data-path={path} miw={0}>
      {!headed && !nameless && (
        <div>
          <Input.Label htmlFor={id} required={required} id={`${id}__label`}>
            {labelOf(place, label)}
          </Input.Label>
          {help !== "" && (
            <Text size="xs" c="var(--wasl-muted)" id={descriptionId(id)} dir="auto">
              {help}
            </Text>
          )}
        </div>
      )}
      {children}
      <FieldProblems id={id} messages={messages} />
    </Stack>
  );
}
