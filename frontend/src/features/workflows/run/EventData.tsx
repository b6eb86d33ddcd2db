/** The data of a made-up event: as a form when its type says what it holds, and as JSON. */

import { SegmentedControl, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { CodeEditor } from "@/components/code";
import { SchemaForm } from "@/components/schema-form";

import { eventTypesQuery } from "../queries";

interface Props {
  type: string;
  value: Record<string, unknown>;
  onChange: (value: Record<string, unknown>) => void;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object that a text is the JSON of; undefined for any other text. */
function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function EventData({ type, value, onChange }: Props) {
  const { t } = useTranslation("workflows");
  const schema = useQuery(eventTypesQuery).data?.results.find(({ code }) => code === type)?.schema;
  const hasForm = isRecord(schema) && isRecord(schema.properties);
  const [asForm, setAsForm] = useState(false);
  return (
    <Stack gap="xs">
      {hasForm && (
        <SegmentedControl
          value={asForm ? "form" : "json"}
          onChange={(chosen) => setAsForm(chosen === "form")}
          data={[
            { value: "json", label: t("run.json") },
            { value: "form", label: t("run.form") },
          ]}
          aria-label={t("run.data")}
          style={{ alignSelf: "flex-start" }}
        />
      )}
      {asForm && hasForm ? (
        <SchemaForm schema={schema} value={value} onChange={onChange} />
      ) : (
        <Json value={value} onChange={onChange} label={t("run.data")} />
      )}
    </Stack>
  );
}

interface JsonProps {
  value: Record<string, unknown>;
  onChange: (value: Record<string, unknown>) => void;
  label: string;
}

/** What is half-written stays in the editor; only whole objects are handed on. */
function Json({ value, onChange, label }: JsonProps) {
  const { t } = useTranslation("workflows");
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const isWrong = objectIn(text) === undefined;
  return (
    <CodeEditor
      language="json"
      label={label}
      value={text}
      onChange={(written) => {
        setText(written);
        const found = objectIn(written);
        if (found !== undefined) onChange(found);
      }}
      problems={isWrong ? [{ line: 1, column: 1, message: t("run.wrongJson") }] : []}
    />
  );
}
