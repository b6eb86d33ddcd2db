/** What changed from one version to another, in words. */

import { Badge, Group, Stack, Text, Title } from "@mantine/core";
import { IconArrowRight, IconMinus, IconPencil, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import type { Diff } from "../queries";
import { countsOf, type Kind, type PartChange, sectionsOf, shortly } from "./changes";
import classes from "./publish.module.css";

const SIGNS = { added: IconPlus, changed: IconPencil, removed: IconMinus } as const;
const KINDS: readonly Kind[] = ["added", "changed", "removed"];

export function DiffView({ diff }: { diff: Diff }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  if (diff.is_same) return <Text c="var(--wasl-muted)">{t("diff.same")}</Text>;
  const counts = countsOf(diff);
  return (
    <Stack gap="lg">
      <Group gap="xs">
        {KINDS.filter((kind) => counts[kind] > 0).map((kind) => (
          <Badge key={kind} variant="default" leftSection={<Sign kind={kind} />}>
            {t(`diff.count.${kind}`, { count: counts[kind], shown: format.number(counts[kind]) })}
          </Badge>
        ))}
      </Group>
      {sectionsOf(diff).map(({ name, parts }) => (
        <section key={name}>
          <Title order={3} size="h6" mb="xs">
            {t(`diff.${name}`)}
          </Title>
          <Stack gap="xs">
            {parts.map((part) => (
              <Part key={part.id} part={part} />
            ))}
          </Stack>
        </section>
      ))}
      {(diff.policy.length > 0 || diff.start !== null) && (
        <section>
          <Title order={3} size="h6" mb="xs">
            {t("diff.policy")}
          </Title>
          <Fields fields={diff.start === null ? diff.policy : [...diff.policy, diff.start]} />
        </section>
      )}
    </Stack>
  );
}

function Sign({ kind }: { kind: Kind }) {
  const { t } = useTranslation("workflows");
  const Icon = SIGNS[kind];
  return (
    <Icon
      size={14}
      stroke={2}
      className={classes.sign}
      data-kind={kind}
      role="img"
      aria-label={t(`diff.${kind}`)}
    />
  );
}

function Part({ part }: { part: PartChange }) {
  return (
    <div className={classes.part} data-kind={part.change}>
      <Group gap={8} wrap="nowrap">
        <Sign kind={part.change} />
        <Text size="sm" fw={600} dir="auto">
          {part.label}
        </Text>
      </Group>
      {part.change === "changed" && <Fields fields={part.fields} />}
    </div>
  );
}

function Fields({ fields }: { fields: readonly Schema<"FieldChange">[] }) {
  return (
    <dl className={classes.fields}>
      {fields.map((field) => (
        <div key={field.field}>
          <dt>{field.label}</dt>
          <dd>
            <Value value={field.before} isOld />
            <IconArrowRight size={14} className={classes.arrow} aria-hidden />
            <Value value={field.after} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value, isOld = false }: { value: unknown; isOld?: boolean }) {
  const { t } = useTranslation("workflows");
  const text = shortly(value);
  if (text === null) return <span className={classes.nothing}>{t("diff.nothing")}</span>;
  return isOld ? <del dir="auto">{text}</del> : <ins dir="auto">{text}</ins>;
}
