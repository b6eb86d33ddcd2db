/** The predicate as JSON: what is written counts as soon as it follows the grammar. */

import { Input, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { CodeEditor } from "@/components/code";

import type { Operator } from "./catalogue";
import { faultsOf, isPredicate } from "./check";
import type { Predicate } from "./types";

interface Props {
  value: Predicate | null;
  onChange: (value: Predicate | null) => void;
  operators: readonly Operator[];
  disabled: boolean;
}

/** Text that is no JSON has no meaning, which `null` has. */
function read(text: string): { readonly document: unknown } | null {
  try {
    return { document: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

export function JsonView({ value, onChange, operators, disabled }: Props) {
  const { t } = useTranslation("predicate");
  const stored = value === null ? "" : JSON.stringify(value, null, 2);
  const [draft, setDraft] = useState(stored);
  const parsed = read(draft);
  // What was changed elsewhere is shown; what was only laid out otherwise here stays as it was written.
  const text =
    parsed !== null &&
    value !== null &&
    isPredicate(parsed.document) &&
    JSON.stringify(parsed.document) !== JSON.stringify(value)
      ? stored
      : draft;
  const document = read(text);
  const faults = document === null ? [] : faultsOf(document.document, operators);

  return (
    <Stack gap={4}>
      <CodeEditor
        language="json"
        label={t("json.label")}
        value={text}
        disabled={disabled}
        invalid={text.trim() !== "" && (document === null || faults.length > 0)}
        onChange={(next) => {
          setDraft(next);
          const found = read(next);
          if (next.trim() === "") onChange(null);
          else if (found !== null && isPredicate(found.document)) onChange(found.document);
        }}
      />
      {text.trim() !== "" && document === null && (
        <Input.Error component="div">{t("json.broken")}</Input.Error>
      )}
      {faults.map(({ path, fault }) => (
        <Input.Error key={`${path} ${fault}`} component="div">
          {path !== "" && <bdi className="ltr">{path}: </bdi>}
          {t(`faults.${fault}`)}
        </Input.Error>
      ))}
    </Stack>
  );
}
