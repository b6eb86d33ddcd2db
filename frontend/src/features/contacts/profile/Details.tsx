/** Who the contact is: fields, tags, segments, addresses on channels. */

import { ActionIcon, Badge, CopyButton, Group, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ProviderIcon } from "@/components/conversation";
import { useFormat } from "@/lib/format";
import { formatPhone } from "@/lib/phone";

import { valueOf, type Column, type Contact } from "../model";
import { useColumnLabel } from "../parts/useColumnLabel";
import { columnsQuery, segmentsQuery } from "../queries";
import { Tags } from "./Tags";
import classes from "./profile.module.css";

const LEFT_TO_RIGHT = new Set(["phone", "email", "external_id", "timezone"]);

export function Details({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const { data: columns } = useQuery(columnsQuery);
  const { data: segments } = useQuery(segmentsQuery);
  const facts = columns?.filter(({ editable, key }) => editable && key !== "name") ?? [];
  const known = facts.filter((column) => {
    const value = valueOf(contact, column);
    return value !== null && value !== "";
  });
  return (
    <aside aria-label={t("profile.details")}>
      <section className={classes.section}>
        <h2 className={classes.sectionTitle}>{t("profile.details")}</h2>
        {known.length === 0 ? (
          <Text size="sm" c="var(--wasl-muted)">
            {t("profile.noDetails")}
          </Text>
        ) : (
          <dl className={classes.facts}>
            {known.map((column) => (
              <Fact key={column.key} contact={contact} column={column} />
            ))}
          </dl>
        )}
      </section>
      <Tags contact={contact} />
      <section className={classes.section}>
        <h2 className={classes.sectionTitle}>{t("column.segments")}</h2>
        {contact.segments.length === 0 ? (
          <Text size="sm" c="var(--wasl-muted)">
            {t("profile.noSegments")}
          </Text>
        ) : (
          <Group gap={6}>
            {contact.segments.map((key) => {
              const segment = segments?.find((each) => each.key === key);
              const label = <span dir="auto">{segment?.name ?? key}</span>;
              const style = { variant: "light", color: "gray", tt: "none", fw: 500, size: "md" } as const;
              return segment === undefined ? (
                <Badge key={key} {...style}>
                  {label}
                </Badge>
              ) : (
                <Badge
                  key={key}
                  {...style}
                  renderRoot={(props) => (
                    <Link to="/segments/$segmentId" params={{ segmentId: segment.id }} {...props} />
                  )}
                >
                  {label}
                </Badge>
              );
            })}
          </Group>
        )}
      </section>
      <section className={classes.section}>
        <h2 className={classes.sectionTitle}>{t("profile.identities")}</h2>
        {contact.identities.length === 0 && (
          <Text size="sm" c="var(--wasl-muted)">
            {t("profile.noIdentities")}
          </Text>
        )}
        {contact.identities.map((identity) => (
          <Group key={identity.id} gap={8} wrap="nowrap" mih={28}>
            <ProviderIcon provider={identity.provider} size={18} />
            <Text size="sm" className="ltr" truncate span>
              {identity.username || identity.phone || identity.provider_user_id}
            </Text>
          </Group>
        ))}
      </section>
    </aside>
  );
}

function Fact({ contact, column }: { contact: Contact; column: Column }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const label = useColumnLabel()(column);
  const value = valueOf(contact, column);
  const written = (): string => {
    if (typeof value === "boolean") return value ? t("yes") : t("no");
    if (typeof value === "number") return format.number(value);
    const text = String(value);
    if (column.key === "phone") return formatPhone(text);
    if (column.key === "language")
      return new Intl.DisplayNames(format.locale, { type: "language", fallback: "code" }).of(text) ?? text;
    if (column.type === "date") return format.date(text);
    return column.type === "datetime" ? format.dateTime(text) : text;
  };
  const isLtr = LEFT_TO_RIGHT.has(column.key);
  return (
    <div>
      <dt dir="auto">{label}</dt>
      <dd>
        <Group gap={4} wrap="nowrap" mih={24}>
          <span {...(isLtr ? { className: "ltr" } : { dir: "auto" })}>{written()}</span>
          {isLtr && (
            <CopyButton value={String(value)}>
              {({ copied, copy }) => (
                <Tooltip label={copied ? t("copied") : t("copy")}>
                  <ActionIcon size={24} onClick={copy} aria-label={t("copyOf", { name: label })}>
                    {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
                  </ActionIcon>
                </Tooltip>
              )}
            </CopyButton>
          )}
        </Group>
      </dd>
    </div>
  );
}
