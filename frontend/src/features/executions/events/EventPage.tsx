/** One event: what it says, and why each workflow did, or did not, run for it. */

import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { EmptyState, Failure, PageSkeleton } from "@/components/feedback";
import { useNames } from "@/components/graph";
import { Page, PageHeader } from "@/components/layout";
import { JsonView } from "@/components/run";
import { useFormat } from "@/lib/format";

import one from "../one/one.module.css";
import { type Event, explainedQuery } from "../queries";
import { VerdictCard } from "./VerdictCard";

export function EventPage() {
  const { t } = useTranslation("executions");
  const words = useNames().event;
  const { eventId } = useParams({ from: "/shell/events/$eventId" });
  const explained = useQuery(explainedQuery(eventId));
  if (explained.isError) return <Failure error={explained.error} retry={() => void explained.refetch()} />;
  if (explained.isPending) return <PageSkeleton />;
  const { event, workflows } = explained.data;
  return (
    <Page>
      <PageHeader
        title={words(event.type)}
        text={
          <Anchor size="sm" renderRoot={(props) => <Link to="/events" {...props} />}>
            {t("events.back")}
          </Anchor>
        }
      />
      <Facts event={event} />
      <Stack gap="xl">
        <section>
          <Title order={2} size="h5" mb="sm">
            {t("events.data")}
          </Title>
          <JsonView value={event.data} label={t("events.data")} />
        </section>
        <section>
          <Title order={2} size="h5" mb={2}>
            {t("events.why")}
          </Title>
          <Text size="sm" c="var(--wasl-muted)" mb="sm">
            {t("events.whyText")}
          </Text>
          {workflows.length === 0 ? (
            <EmptyState icon={IconRoute} title={t("events.noWorkflow")} text={t("events.noWorkflowText")} />
          ) : (
            <Stack gap="sm">
              {workflows.map((verdict) => (
                <VerdictCard key={verdict.workflow} verdict={verdict} />
              ))}
            </Stack>
          )}
        </section>
      </Stack>
    </Page>
  );
}

function Facts({ event }: { event: Event }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const {
    contact_id: contact,
    contact_name: name,
    conversation_id: conversation,
    causation_id: cause,
  } = event;
  return (
    <dl className={one.facts}>
      <div>
        <dt>{t("one.contact")}</dt>
        <dd>
          {contact === null ? (
            t("list.nobody")
          ) : (
            <Group gap={8} wrap="nowrap">
              <ContactAvatar name={name} seed={contact} size={24} />
              <Anchor
                size="sm"
                dir="auto"
                renderRoot={(props) => <Link to={`/contacts/${contact}`} {...props} />}
              >
                {name || t("list.unnamed")}
              </Anchor>
            </Group>
          )}
        </dd>
      </div>
      <div>
        <dt>{t("events.happened")}</dt>
        <dd>{format.dateTime(event.occurred_at)}</dd>
      </div>
      <div>
        <dt>{t("events.type")}</dt>
        <dd>
          <code className="ltr">{event.type}</code>
        </dd>
      </div>
      {event.actor !== "" && (
        <div>
          <dt>{t("events.actor")}</dt>
          <dd>
            {event.actor_name === "" ? (
              <code className="ltr">{event.actor}</code>
            ) : (
              <bdi>{event.actor_name}</bdi>
            )}
          </dd>
        </div>
      )}
      {conversation !== null && (
        <div>
          <dt>{t("events.conversation")}</dt>
          <dd>
            <Anchor size="sm" renderRoot={(props) => <Link to={`/inbox/${conversation}`} {...props} />}>
              {t("events.openConversation")}
            </Anchor>
          </dd>
        </div>
      )}
      {cause !== null && (
        <div>
          <dt>{t("events.cause")}</dt>
          <dd>
            <Anchor
              size="sm"
              renderRoot={(props) => <Link to="/events/$eventId" params={{ eventId: cause }} {...props} />}
            >
              {t("events.openCause")}
            </Anchor>
          </dd>
        </div>
      )}
    </dl>
  );
}
