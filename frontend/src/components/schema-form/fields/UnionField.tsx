/** A choice between shapes: switches the form below it to the chosen one. */

import { SegmentedControl, Select } from "@mantine/core";
import SchemaField from "@rjsf/core/lib/components/fields/SchemaField.js";
import { useState } from "react";

import { humanised } from "../inputs";
import { isNameless, labelOf, type PartProps, placeIn } from "../placing";
import { drawnSchema, drawnUi, type Place } from "../prepare";
import { blankOf, isRecord, propertiesOf, textOf } from "../schema";
import { Section } from "../templates/Section";
import { isValid } from "../validation";

/** More alternatives than this are a list rather than a row of buttons. */
const MOST_BUTTONS = 4;

/** What tells an alternative: its title, the constant that marks it, its type. */
function titleOf({ schema }: Place): string {
  const constant = Object.values(propertiesOf(schema)).find((each) => each.const !== undefined);
  return (
    textOf(schema.title) ||
    textOf(schema["x-title"]) ||
    (constant === undefined
      ? textOf(schema["x-class"]) || humanised(schema.const ?? schema.type ?? "")
      : humanised(constant.const))
  );
}

/** The alternative that a value means: the one whose constants it has, else the first that takes it. */
export function alternativeOf(alternatives: readonly Place[], value: unknown): number {
  if (isRecord(value)) {
    const marked = alternatives.findIndex(({ schema }) => {
      const constants = Object.entries(propertiesOf(schema)).filter(([, each]) => each.const !== undefined);
      return constants.length > 0 && constants.every(([name, each]) => value[name] === each.const);
    });
    if (marked >= 0) return marked;
  }
  return alternatives.findIndex(({ schema }) => isValid(schema, value));
}

export function UnionField(props: PartProps) {
  const { formData, fieldPathId, onChange, onBlur, onFocus, disabled, uiSchema, name, registry, required } =
    props;
  const place = placeIn(uiSchema);
  const { alternatives } = place;
  const meant = alternativeOf(alternatives, formData);
  const [picked, setPicked] = useState(0);
  const at = meant >= 0 ? meant : picked;
  const current = alternatives[at];
  const label = labelOf(place, name);

  function choose(index: number): void {
    const next = alternatives[index];
    if (next === undefined || index === at) return;
    setPicked(index);
    // What both shapes have is kept; what marks a shape is not.
    const blank = blankOf(next.schema);
    const kept = isRecord(formData) && isRecord(blank) ? shared(next, formData) : {};
    onChange(isRecord(blank) ? { ...kept, ...blank } : blank, fieldPathId.path);
  }

  // The heading is the union's own: the alternative below it is drawn without one.
  const inner = current && {
    ...current,
    inRow: true,
    schema: { ...current.schema, title: undefined, description: undefined },
  };
  const options = alternatives.map((each, index) => ({ value: String(index), label: titleOf(each) }));
  return (
    <Section
      title={isNameless(place) ? "" : label}
      description={textOf(place.schema.description)}
      required={required === true}
    >
      {alternatives.length <= MOST_BUTTONS ? (
        <SegmentedControl
          size="xs"
          aria-label={label}
          data={options}
          value={String(at)}
          disabled={disabled === true}
          onChange={(value) => choose(Number(value))}
        />
      ) : (
        <Select
          aria-label={label}
          data={options}
          value={String(at)}
          allowDeselect={false}
          disabled={disabled === true}
          onChange={(value) => choose(Number(value))}
        />
      )}
      {inner !== undefined && (
        <SchemaField
          key={at}
          name=""
          schema={drawnSchema(inner)}
          uiSchema={drawnUi(inner)}
          fieldPathId={fieldPathId}
          formData={formData}
          onChange={onChange}
          onBlur={onBlur}
          onFocus={onFocus}
          registry={registry}
          disabled={disabled}
          required={false}
        />
      )}
    </Section>
  );
}

function shared({ schema }: Place, value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = new Set(
    Object.entries(propertiesOf(schema))
      .filter(([, each]) => each.const === undefined)
      .map(([name]) => name),
  );
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.has(name)));
}
