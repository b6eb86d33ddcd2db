/** The settings of a trigger: what starts the workflow, and for whom. */

import { Alert, NumberInput, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import {
  fieldErrors,
  firstOf,
  isConfig,
  nodeOf,
  nodeTitle,
  patchTrigger,
  startAt,
  type GraphTrigger,
  type PlacedProblem,
} from "@/components/graph";
import { PredicateBuilder, readPredicate } from "@/components/predicate";
import { SchemaForm } from "@/components/schema-form";

import { useBuilder } from "../useBuilder";
import { Section } from "./Section";
import { useVariables } from "./useVariables";

/** The problems below a part, with their paths within it. */
function below(problems: readonly PlacedProblem[], part: string): PlacedProblem[] {
  return problems
    .filter(({ field }) => field === part || field.startsWith(`${part}.`))
    .map((problem) => ({ ...problem, field: problem.field.slice(part.length + 1) }));
}

const PARTS = ["config", "predicate", "event_type"];

interface Props {
  trigger: GraphTrigger;
}

export function TriggerPanel({ trigger }: Props) {
  const { t } = useTranslation("workflows");
  const { document, catalogue, words, change, problems, readOnly } = useBuilder();
  const block = catalogue.triggers.find((each) => each.slug === trigger.type);
  const mine = problems.filter((each) => each.kind === "trigger" && each.id === trigger.id);
  const general = mine.filter(({ field }) => !PARTS.includes(field.split(".")[0] ?? ""));
  const patch = (parts: Partial<GraphTrigger>): void =>
    change(patchTrigger(document, trigger.id, parts), `${trigger.id} ${Object.keys(parts).join()}`);
  const variables = useVariables("");
  const keys = new Set(block?.keys ?? []);
  const schema = block?.config_schema ?? {};
  const hasForm = isConfig(schema.properties) && Object.keys(schema.properties).length > 0;
  const eventError = below(mine, "event_type")
    .map((each) => each.message)
    .join(" ");
  return (
    <Stack gap="md">
      {block !== undefined && (
        <Text size="sm" c="var(--wasl-muted)" dir="auto">
          {words.triggerDescription(block)}
        </Text>
      )}
      {general.map(({ message }) => (
        <Alert key={message} color="red" icon={<IconAlertCircle size={18} />}>
          <span dir="auto">{message}</span>
        </Alert>
      ))}
      <Stack gap="md" data-first>
        {keys.has("event_type") && (
          <Select
            data-field="event_type"
            label={t("builder.trigger.event")}
            placeholder={t("builder.trigger.eventPlaceholder")}
            searchable
            openOnFocus={false}
            disabled={readOnly}
            error={eventError === "" ? undefined : eventError}
            data={catalogue.eventTypes.map(({ code }) => ({ value: code, label: words.event(code) }))}
            value={trigger.event_type === "" ? null : trigger.event_type}
            onChange={(code) => patch({ event_type: code ?? "", trigger_id: null })}
          />
        )}
        {hasForm && (
          <SchemaForm
            key={`${trigger.id} ${trigger.type}`}
            schema={schema}
            value={trigger.config}
            onChange={(config) => patch({ config })}
            errors={fieldErrors(below(mine, "config"))}
            disabled={readOnly}
            context={{ variables }}
          />
        )}
      </Stack>
      <div>
        <Text size="sm" fw={500} mb={4}>
          {t("builder.trigger.only")}
        </Text>
        <PredicateBuilder
          value={readPredicate(trigger.predicate)}
          onChange={(predicate) => patch({ predicate: { ...predicate } })}
          eventType={trigger.event_type === "" ? undefined : trigger.event_type}
          errors={fieldErrors(below(mine, "predicate"))}
          disabled={readOnly}
        />
      </div>
      <Start />
      <Section title={t("builder.trigger.more")}>
        <Stack gap="md">
          <TextInput
            label={t("builder.panel.name")}
            dir="auto"
            maxLength={120}
            disabled={readOnly}
            value={trigger.name}
            onChange={(event) => patch({ name: event.target.value })}
          />
          <NumberInput
            label={t("builder.trigger.priority")}
            description={t("builder.trigger.priorityHelp")}
            min={-1000}
            max={1000}
            allowDecimal={false}
            disabled={readOnly}
            value={trigger.priority}
            onChange={(priority) => patch({ priority: typeof priority === "number" ? priority : 0 })}
          />
          <Switch
            label={t("builder.trigger.stopOthers")}
            description={t("builder.trigger.stopOthersHelp")}
            disabled={readOnly}
            checked={trigger.stop_others}
            onChange={(event) => patch({ stop_others: event.target.checked })}
          />
        </Stack>
      </Section>
    </Stack>
  );
}

/** Which step all triggers lead to. */
function Start() {
  const { t } = useTranslation("workflows");
  const { document, catalogue, words, change, readOnly } = useBuilder();
  if (document.nodes.length < 2) return null;
  const label = (id: string): string => {
    const node = nodeOf(document, id);
    return node === undefined ? id : `${nodeTitle(node, catalogue, words)} (${id})`;
  };
  return (
    <Select
      label={t("builder.trigger.start")}
      description={t("builder.trigger.startHelp")}
      searchable
      allowDeselect={false}
      disabled={readOnly}
      data={document.nodes.map(({ id }) => ({ value: id, label: label(id) }))}
      value={firstOf(document)}
      onChange={(id) => {
        if (id !== null) change(startAt(document, id));
      }}
    />
  );
}
