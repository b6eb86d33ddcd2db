/** Asks why a workflow did, or did not, run for a contact in the last days. */

import { Alert, Anchor, Button, Group, Modal, Select, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconHelpCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure, ListSkeleton } from "@/components/feedback";
import { useNames } from "@/components/graph";
import { ContactPicker, WorkflowPicker } from "@/components/relation";
import { StateLabel } from "@/components/run";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { answerQuery, type Question } from "../queries";
import { PERIODS } from "../searches";
import { VerdictCard } from "./VerdictCard";

const FIRST_DAYS = 7;

interface Props {
  /** Whom it is about at first. */
  contact: string | null;
  opened: boolean;
  onClose: () => void;
}

export function AskDialog({ contact, opened, onClose }: Props) {
  const { t } = useTranslation("executions");
  const isPhone = useMediaQuery("(max-width: 48em)");
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("bulk.close") }}
      opened={opened}
      onClose={onClose}
      title={t("ask.title")}
      size="xl"
      fullScreen={isPhone}
    >
      <Ask first={contact} />
    </Modal>
  );
}

function Ask({ first }: { first: string | null }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const [contact, setContact] = useState(first);
  const [workflow, setWorkflow] = useState<string | null>(null);
  const [days, setDays] = useState<number>(FIRST_DAYS);
  const [question, setQuestion] = useState<Question | null>(null);
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (contact !== null && workflow !== null) setQuestion({ contact, workflow, days });
        }}
      >
        <Group grow preventGrowOverflow={false} align="end">
          <WorkflowPicker label={t("ask.workflow")} value={workflow} onChange={setWorkflow} />
          <ContactPicker label={t("ask.contact")} value={contact} onChange={setContact} />
          <Select
            label={t("ask.days")}
            value={String(days)}
            onChange={(chosen) => setDays(Number(chosen ?? FIRST_DAYS))}
            data={PERIODS.map((each) => ({
              value: String(each),
              label: t("list.lastDays", { count: each, shown: format.number(each) }),
            }))}
            allowDeselect={false}
          />
          <Button
            type="submit"
            leftSection={<IconHelpCircle size={16} />}
            disabled={contact === null || workflow === null}
            flex="0 0 auto"
          >
            {t("ask.ask")}
          </Button>
        </Group>
      </form>
      {question !== null && <Answer question={question} />}
    </Stack>
  );
}

function Answer({ question }: { question: Question }) {
  const { t } = useTranslation("executions");
  const answer = useQuery(answerQuery(question));
  if (answer.isError) return <Failure error={answer.error} retry={() => void answer.refetch()} />;
  if (answer.isPending) return <ListSkeleton rows={3} />;
  const { text, events, executions } = answer.data;
  return (
    <Stack>
      <Alert variant="light" icon={<IconHelpCircle size={18} stroke={1.6} />}>
        <Text size="sm" fw={600} dir="auto">
          {text}
        </Text>
      </Alert>
      {executions.length > 0 && (
        <section>
          <Title order={3} size="h6" mb="xs">
            {t("ask.executions")}
          </Title>
          <Stack gap={6}>
            {executions.map((each) => (
              <Whereabouts key={each.execution} whereabouts={each} />
            ))}
          </Stack>
        </section>
      )}
      {events.length > 0 && (
        <section>
          <Title order={3} size="h6" mb="xs">
            {t("ask.events")}
          </Title>
          <Stack gap="md">
            {events.map(({ event, verdict }) => (
              <Judged key={event.id} event={event} verdict={verdict} />
            ))}
          </Stack>
        </section>
      )}
    </Stack>
  );
}

function Judged({ event, verdict }: Schema<"EventVerdict">) {
  const format = useFormat();
  const words = useNames().event;
  return (
    <div>
      <Anchor
        size="sm"
        renderRoot={(props) => <Link to="/events/$eventId" params={{ eventId: event.id }} {...props} />}
      >
        {words(event.type)} · {format.dateTime(event.occurred_at)}
      </Anchor>
      <VerdictCard verdict={verdict} />
    </div>
  );
}

function Whereabouts({ whereabouts }: { whereabouts: Schema<"Whereabouts"> }) {
  return (
    <Group gap="sm" wrap="nowrap">
      <StateLabel state={whereabouts.state} compact />
      <Anchor
        size="sm"
        dir="auto"
        renderRoot={(props) => (
          <Link to="/executions/$executionId" params={{ executionId: whereabouts.execution }} {...props} />
        )}
      >
        {whereabouts.text}
      </Anchor>
    </Group>
  );
}
