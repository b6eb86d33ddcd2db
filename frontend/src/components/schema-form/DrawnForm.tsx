/** The form itself: the form library walks the schema, our templates and inputs draw it. */

import { Alert, Button, Group, List, Stack } from "@mantine/core";
// The package's entry point also loads its test helpers, and with them a validator that needs `eval`.
import Form from "@rjsf/core/lib/components/Form.js";
import type { RegistryFieldsType, TemplatesType } from "@rjsf/utils";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useDeferredValue, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { FieldErrors } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { EnvironmentProvider } from "./environment";
import { merged, placed } from "./errors";
import { InputField } from "./fields/InputField";
import { MapField } from "./fields/MapField";
import { OptionalField } from "./fields/OptionalField";
import { UnionField } from "./fields/UnionField";
import { drawnSchema, drawnUi, placesOf } from "./prepare";
import { isRecord } from "./schema";
import classes from "./schema-form.module.css";
import { ArrayTemplate } from "./templates/ArrayTemplate";
import { FieldTemplate } from "./templates/FieldTemplate";
import { ObjectTemplate } from "./templates/ObjectTemplate";
import { RowTemplate } from "./templates/RowTemplate";
import type { FormContext, SchemaFormProps } from "./types";
import { problemsOf, validator } from "./validation";
import { worded } from "./words";

const FIELDS: RegistryFieldsType = { InputField, MapField, OptionalField, UnionField };
const TEMPLATES: Partial<TemplatesType> = {
  FieldTemplate,
  ObjectFieldTemplate: ObjectTemplate,
  ArrayFieldTemplate: ArrayTemplate,
  ArrayFieldItemTemplate: RowTemplate,
};
/** The value is only ever what people made it: the form library adds nothing of its own. */
const AS_GIVEN = {
  emptyObjectFields: "skipDefaults",
  arrayMinItems: { populate: "never" },
  allOf: "skipDefaults",
  constAsDefaults: "never",
} as const;
const NO_ERRORS: FieldErrors = {};
const NO_CONTEXT: FormContext = {};

/** Without members that were taken away: the form library leaves them behind as `undefined`. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([name, each]) => [name, compact(each)]),
  );
}

/** The path of the field in which an element lies. */
function pathAround(element: EventTarget): string {
  return element instanceof Element ? (element.closest<HTMLElement>("[data-path]")?.dataset.path ?? "") : "";
}

function within(errors: FieldErrors, paths: ReadonlySet<string>): FieldErrors {
  return Object.fromEntries(
    Object.entries(errors).filter(([at]) =>
      [...paths].some((path) => at === path || at.startsWith(`${path}.`)),
    ),
  );
}

export default function DrawnForm({
  schema,
  value,
  onChange,
  errors = NO_ERRORS,
  disabled = false,
  context = NO_CONTEXT,
  submitLabel,
  onSubmit,
}: SchemaFormProps) {
  const { t } = useTranslation("schema-form");
  const format = useFormat();
  const id = useId();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);

  const form = useMemo(() => placesOf(schema), [schema]);
  const drawn = useMemo(() => ({ schema: drawnSchema(form), ui: drawnUi(form) }), [form]);

  // Checking waits for typing, and errors show only where somebody has been.
  const checked = useDeferredValue(value);
  const found = useMemo(() => {
    const byPath: Record<string, string[]> = {};
    for (const problem of problemsOf(schema, checked))
      (byPath[problem.path.join(".")] ??= []).push(worded(problem, t, format));
    return byPath;
  }, [schema, checked, t, format]);
  const exact = useMemo(
    () => merged(errors, tried ? found : within(found, left)),
    [errors, found, left, tried],
  );
  const shown = useMemo(() => placed(form, exact), [form, exact]);
  const environment = useMemo(
    () => ({ context, errors: shown.fields, exact }),
    [context, shown.fields, exact],
  );

  function submit(event: React.SubmitEvent): void {
    event.preventDefault();
    event.stopPropagation();
    setTried(true);
    if (problemsOf(schema, value).length === 0) onSubmit?.(value);
    else
      requestAnimationFrame(() => {
        document
          .getElementById(id)
          ?.querySelector<HTMLElement>("[aria-invalid=true], [data-error] input")
          ?.focus();
      });
  }

  const parts = (
    <EnvironmentProvider value={environment}>
      <div
        id={id}
        className={classes.form}
        onBlur={(event) => {
          const path = pathAround(event.target);
          if (path !== "" && !left.has(path)) setLeft(new Set([...left, path]));
        }}
      >
        <Stack gap="md">
          {shown.others.length > 0 && (
            <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t("errors.others")} role="alert">
              <List size="sm">
                {shown.others.map(({ path, message }) => (
                  <List.Item key={`${path} ${message}`}>
                    {path !== "" && <bdi className="ltr">{path}: </bdi>}
                    <span dir="auto">{message}</span>
                  </List.Item>
                ))}
              </List>
            </Alert>
          )}
          <Form
            tagName="div"
            idPrefix={id}
            idSeparator="__"
            schema={drawn.schema}
            uiSchema={drawn.ui}
            formData={value}
            validator={validator}
            fields={FIELDS}
            templates={TEMPLATES}
            disabled={disabled}
            noHtml5Validate
            showErrorList={false}
            experimental_defaultFormStateBehavior={AS_GIVEN}
            onChange={({ formData }) => {
              const next = compact(formData);
              if (isRecord(next)) onChange(next);
            }}
          >
            <></>
          </Form>
        </Stack>
      </div>
    </EnvironmentProvider>
  );

  if (onSubmit === undefined && submitLabel === undefined) return parts;
  return (
    <form onSubmit={submit} noValidate>
      {parts}
      {submitLabel !== undefined && (
        <Group justify="flex-end" mt="lg">
          <Button type="submit" disabled={disabled}>
            {submitLabel}
          </Button>
        </Group>
      )}
    </form>
  );
}
