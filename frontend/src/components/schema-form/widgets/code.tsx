/** Inputs for texts with a grammar: Liquid, Python, JSON. */

import { Input } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { CodeEditor } from "@/components/code";

import { type InputProps, placeholderOf, written } from "./types";

/** Lines above Liquid and code are where the back end says `line 2`. */
function problemsIn({ errors, invalid }: InputProps) {
  const messages = invalid ? Object.values(errors).flat() : [];
  return messages.flatMap((message) => {
    const line = /\bline (\d+)/.exec(message)?.[1];
    return line === undefined ? [] : [{ line: Number(line), column: 1, message }];
  });
}

function attributesOf(props: InputProps) {
  return {
    id: props.id,
    label: props.label,
    disabled: props.disabled,
    invalid: props.invalid,
    describedBy: props.describedBy,
    variables: props.context.variables,
    problems: problemsIn(props),
  };
}

export function Liquid(props: InputProps) {
  const { value, onChange, required, schema } = props;
  return (
    <CodeEditor
      {...attributesOf(props)}
      language="liquid"
      value={written(value)}
      placeholder={placeholderOf(schema)}
      singleLine={schema["x-lines"] === 1}
      onChange={(text) => onChange(text === "" && !required ? undefined : text)}
    />
  );
}

export function Code(props: InputProps) {
  const { value, onChange, required } = props;
  return (
    <CodeEditor
      {...attributesOf(props)}
      language="python"
      value={written(value)}
      onChange={(text) => onChange(text === "" && !required ? undefined : text)}
    />
  );
}

/** What is written counts as soon as it is JSON; until then the last value stands, and the input says so. */
export function Json(props: InputProps) {
  const { value, onChange } = props;
  const { t } = useTranslation("schema-form");
  const stored = value === undefined || value === null ? "" : JSON.stringify(value, null, 2);
  const [draft, setDraft] = useState<{ text: string; of: string } | null>(null);
  const text = draft !== null && draft.of === stored ? draft.text : stored;
  const [wrong, setWrong] = useState(false);

  function change(next: string): void {
    if (next.trim() === "") {
      setWrong(false);
      setDraft({ text: next, of: "" });
      onChange(undefined);
      return;
    }
    try {
      const parsed: unknown = JSON.parse(next);
      setWrong(false);
      setDraft({ text: next, of: JSON.stringify(parsed, null, 2) });
      onChange(parsed);
    } catch {
      setWrong(true);
      setDraft({ text: next, of: stored });
    }
  }

  return (
    <>
      <CodeEditor {...attributesOf(props)} language="json" value={text} onChange={change} />
      {wrong && <Input.Error component="div">{t("errors.json")}</Input.Error>}
    </>
  );
}
