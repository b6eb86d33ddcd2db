/** Inputs for text: a line, several lines, a list of short texts. */

import { TagsInput, Textarea, TextInput } from "@mantine/core";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { VariablePicker } from "@/components/code";

import { textOf } from "../schema";
import { type InputProps, placeholderOf, shared, written } from "./types";

/** Formats whose texts are read from left to right in every language, and the keyboard that a phone shows for them. */
const KINDS: Readonly<Record<string, "email" | "url" | "text">> = {
  email: "email",
  url: "url",
  uri: "url",
  uuid: "text",
};

/** Whether variables make sense here: not where the text has a fixed form. */
function takesVariables({ schema }: InputProps): boolean {
  return schema.pattern === undefined && schema.format === undefined && schema["x-plain"] !== true;
}

/** The text with `inserted` in place of what is selected in the field. */
function spliced(
  field: HTMLInputElement | HTMLTextAreaElement | null,
  text: string,
  inserted: string,
): string {
  const from = field?.selectionStart ?? text.length;
  const to = field?.selectionEnd ?? text.length;
  return text.slice(0, from) + inserted + text.slice(to);
}

function useTextInput(props: InputProps) {
  const { context, onChange, schema, value, disabled } = props;
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const text = written(value);
  const variables = context.variables ?? [];
  const change = (next: string): void => onChange(next === "" && !props.required ? undefined : next);
  const ltr = schema.format !== undefined || schema.pattern !== undefined || schema["x-plain"] === true;
  return {
    field,
    attributes: {
      ...shared(props),
      value: text,
      placeholder: placeholderOf(schema),
      onChange: (event: { currentTarget: { value: string } }) => change(event.currentTarget.value),
      ...(ltr ? { styles: { input: { direction: "ltr" as const } } } : { dir: "auto" }),
      rightSection:
        variables.length > 0 && !disabled && takesVariables(props) ? (
          <VariablePicker
            variables={variables}
            onPick={({ path }) => {
              change(spliced(field.current, text, `{{ ${path} }}`));
              field.current?.focus();
            }}
          />
        ) : undefined,
    },
  };
}

export function TextLine(props: InputProps) {
  const { field, attributes } = useTextInput(props);
  return <TextInput ref={field} type={KINDS[textOf(props.schema.format)] ?? "text"} {...attributes} />;
}

export function TextLines(props: InputProps) {
  const { field, attributes } = useTextInput(props);
  return <Textarea ref={field} autosize minRows={3} maxRows={12} {...attributes} />;
}

export function TextList(props: InputProps) {
  const { value, onChange, schema, required } = props;
  const { t } = useTranslation("schema-form");
  const texts = Array.isArray(value) ? value.map(String) : [];
  const preset = Array.isArray(schema.default) ? schema.default.join(", ") : "";
  return (
    <TagsInput
      {...shared(props)}
      value={texts}
      placeholder={texts.length > 0 ? undefined : preset || t("list.placeholder")}
      acceptValueOnBlur
      splitChars={[",", "،", ";", "\n"]}
      maxTags={typeof schema.maxItems === "number" ? schema.maxItems : undefined}
      onChange={(next) => onChange(next.length === 0 && !required ? undefined : next)}
    />
  );
}
