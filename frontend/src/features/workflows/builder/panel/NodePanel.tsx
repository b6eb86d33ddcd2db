/** The settings of a step: all of them drawn from what the catalogue says of it. */

import { Alert, Code, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertCircle, IconPlugConnectedX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { blockOf, isConfig, patchNode, type Block, type Config, type GraphNode } from "@/components/graph";
import { PredicateBuilder, readPredicate } from "@/components/predicate";
import { SchemaForm } from "@/components/schema-form";

import { useHasChannel } from "../palette/useChannels";
import { useBuilder } from "../useBuilder";
import { NamedPart } from "./NamedPart";
import { PortsSection } from "./PortsSection";
import { Section } from "./Section";
import { splitProblems, type Split } from "./splitting";
import { eventTypesOf, useVariables } from "./useVariables";

interface Props {
  node: GraphNode;
  /** The field at which somebody wants to be. */
  field: string;
}

const NO_KEYS: ReadonlySet<string> = new Set();

export function NodePanel({ node, field }: Props) {
  const { t } = useTranslation("workflows");
  const { document, catalogue, words, change, problems, readOnly } = useBuilder();
  const hasChannel = useHasChannel();
  const block = blockOf(catalogue, node);
  const mine = problems.filter((problem) => problem.kind === "node" && problem.id === node.id);
  const split = splitProblems(mine, block?.schema ?? {}, block?.keys ?? NO_KEYS);
  const patch = (parts: Partial<GraphNode>): void =>
    change(patchNode(document, node.id, parts, catalogue), `${node.id} ${Object.keys(parts).join()}`);
  return (
    <Stack gap="md">
      {block !== undefined && (
        <Text size="sm" c="var(--wasl-muted)" dir="auto">
          {words.description(block)}
        </Text>
      )}
      {block !== undefined && !hasChannel(block.channels) && (
        <Alert color="orange" icon={<IconPlugConnectedX size={18} />}>
          {t("builder.panel.needsChannel")}
        </Alert>
      )}
      {split.general.map((message) => (
        <Alert key={message} color="red" icon={<IconAlertCircle size={18} />}>
          <span dir="auto">{message}</span>
        </Alert>
      ))}
      <TextInput
        label={t("builder.panel.name")}
        placeholder={block === undefined ? node.id : words.label(block)}
        dir="auto"
        maxLength={120}
        disabled={readOnly}
        value={node.name}
        onChange={(event) => patch({ name: event.target.value })}
      />
      <NamedPart node={node} block={block} onPatch={patch} />
      {block !== undefined && <Parts node={node} block={block} split={split} onPatch={patch} />}
      {block !== undefined && <PortsSection node={node} block={block} opened={field === "ports"} />}
      {block?.retry != null && block.keys.has("retry") && (
        <Retry node={node} policy={block.retry} split={split} onPatch={patch} />
      )}
      <About node={node} block={block} />
    </Stack>
  );
}

interface PartProps {
  node: GraphNode;
  split: Split;
  onPatch: (parts: Partial<GraphNode>) => void;
}

/** The step's own settings, and what decides where it goes. */
function Parts({ node, block, split, onPatch }: PartProps & { block: Block }) {
  const { t } = useTranslation("workflows");
  const { document, readOnly } = useBuilder();
  const variables = useVariables(node.id);
  const [eventType, ...others] = eventTypesOf(document);
  const onlyType = others.length === 0 ? eventType : undefined;
  const hasForm = isConfig(block.schema.properties) && Object.keys(block.schema.properties).length > 0;
  if (node.action_id !== null) return null;
  return (
    <div data-first>
      <Stack gap="md">
        {block.keys.has("predicate") && (
          <PredicateBuilder
            value={readPredicate(node.predicate)}
            onChange={(predicate) => onPatch({ predicate: { ...predicate } })}
            eventType={onlyType}
            errors={split.predicate}
            disabled={readOnly}
          />
        )}
        {hasForm && (
          <SchemaForm
            key={node.id}
            schema={block.schema}
            value={node.config}
            onChange={(config) => onPatch({ config })}
            errors={split.config}
            disabled={readOnly}
            context={{ variables, ...(onlyType !== undefined && { eventType: onlyType }) }}
          />
        )}
        {!hasForm && !block.keys.has("predicate") && <Text size="sm">{t("builder.panel.nothing")}</Text>}
      </Stack>
    </div>
  );
}

/** The schema with a policy's values as its defaults, so that the form shows what holds while nothing is set. */
function withDefaults(schema: Config, policy: Config): Config {
  const properties = isConfig(schema.properties) ? schema.properties : {};
  return {
    ...schema,
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [
        key,
        isConfig(value) && policy[key] !== undefined ? { ...value, default: policy[key] } : value,
      ]),
    ),
  };
}

function Retry({ node, policy, split, onPatch }: PartProps & { policy: Config }) {
  const { t } = useTranslation("workflows");
  const { catalogue, readOnly } = useBuilder();
  const isOwn = Object.keys(node.retry).length > 0;
  return (
    <Section
      title={t("builder.panel.retry")}
      aside={t(isOwn ? "builder.panel.retryOwn" : "builder.panel.retryUsual")}
      opened={Object.keys(split.retry).length > 0}
    >
      <div data-field="retry">
        <SchemaForm
          schema={withDefaults(catalogue.retrySchema, policy)}
          value={node.retry}
          onChange={(retry) => onPatch({ retry })}
          errors={split.retry}
          disabled={readOnly}
        />
      </div>
    </Section>
  );
}

/** How other steps call this one, and what it gives them. */
function About({ node, block }: { node: GraphNode; block: Block | undefined }) {
  const { t } = useTranslation("workflows");
  const output = block?.exampleOutput ?? {};
  return (
    <Section title={t("builder.panel.about")}>
      <Stack gap="xs">
        <Group gap="xs">
          <Text size="sm" c="var(--wasl-muted)">
            {t("builder.panel.id")}
          </Text>
          <Code className="ltr">{node.id}</Code>
        </Group>
        {Object.keys(output).length > 0 && (
          <>
            <Text size="sm" c="var(--wasl-muted)">
              {t("builder.panel.output", { path: `steps.${node.id}` })}
            </Text>
            <Code block className="ltr" dir="ltr">
              {JSON.stringify(output, null, 2)}
            </Code>
          </>
        )}
      </Stack>
    </Section>
  );
}
