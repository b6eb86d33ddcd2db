/** One cell of the table, written as its column's type asks. */

import { Badge, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";
import { formatPhone } from "@/lib/phone";

import { valueOf, type Column, type Contact } from "../model";
import { TagBadge } from "../parts/TagBadge";
import { segmentsQuery } from "../queries";

const MOST_WORDS = 3;

export function Cell({ contact, column }: { contact: Contact; column: Column }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const value = valueOf(contact, column);
  if (value === null || value === "") return <Nothing />;
  if (typeof value === "object") return <Words words={value} kind={column.key} />;
  if (typeof value === "boolean") {
    if (column.key === "opted_out" && !value) return <Nothing />;
    return <Text size="sm">{value ? t("yes") : t("no")}</Text>;
  }
  if (typeof value === "number") return <Text size="sm">{format.number(value)}</Text>;
  if (column.type === "datetime") return <Text size="sm">{format.dateTime(value)}</Text>;
  if (column.type === "date") return <Text size="sm">{format.date(value)}</Text>;
  if (column.type === "phone")
    return (
      <Text size="sm" span className="ltr">
        {formatPhone(value)}
      </Text>
    );
  const isCode =
    column.type === "email" || ["external_id", "id", "timezone", "language"].includes(column.key);
  return (
    <Text size="sm" truncate maw={280} {...(isCode ? { className: "ltr", span: true } : { dir: "auto" })}>
      {value}
    </Text>
  );
}

function Nothing() {
  return (
    <Text size="sm" c="var(--wasl-muted)" aria-hidden>
      –
    </Text>
  );
}

function Words({ words, kind }: { words: readonly string[]; kind: string }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const { data: segments } = useQuery({ ...segmentsQuery, enabled: kind === "segments" && words.length > 0 });
  if (words.length === 0) return <Nothing />;
  const rest = words.length - MOST_WORDS;
  return (
    <Group gap={4} wrap="nowrap">
      {words.slice(0, MOST_WORDS).map((word) =>
        kind === "tags" ? (
          <TagBadge key={word} name={word} />
        ) : (
          <Badge key={word} variant="light" color="gray" tt="none" fw={500}>
            <span dir="auto">{segments?.find(({ key }) => key === word)?.name ?? word}</span>
          </Badge>
        ),
      )}
      {rest > 0 && (
        <Text size="xs" c="var(--wasl-muted)" title={format.list(words.slice(MOST_WORDS))}>
          {t("list.more", { shown: format.number(rest) })}
        </Text>
      )}
    </Group>
  );
}
