/** One approval: what is asked, by when, who has said what, and a way to say one's own. */

import { Anchor, Button, Group, Paper, Stack, Text, Textarea, Title } from "@mantine/core";
import { IconCheck, IconClock, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyDone, notifyFailure } from "@/components/feedback";
import { api, call, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useCan, useMe } from "@/lib/session";

import { APPROVALS } from "../queries";

type Approval = Schema<"Approval">;

export function ApprovalCard({ approval }: { approval: Approval }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const mayRead = useCan("workflow:read");
  const { title, message, deadline, contact_name: contact, quorum, votes } = approval;
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group justify="space-between" align="start">
          <Title order={2} size="h5" dir="auto">
            {title}
          </Title>
          <Text size="sm" c="var(--wasl-muted)" style={{ display: "inline-flex", gap: 6 }}>
            <IconClock size={16} stroke={1.6} aria-hidden />
            {approval.decided_at !== null
              ? t("approvals.decided", { when: format.dateTime(approval.decided_at) })
              : deadline !== null &&
                t("approvals.until", { when: format.dateTime(deadline), away: format.relative(deadline) })}
          </Text>
        </Group>
        {message !== "" && (
          <Text size="sm" dir="auto" style={{ whiteSpace: "pre-wrap" }}>
            {message}
          </Text>
        )}
        <Group gap="xs">
          {mayRead ? (
            <Anchor
              size="sm"
              dir="auto"
              renderRoot={(props) => (
                <Link
                  to="/executions/$executionId"
                  params={{ executionId: approval.execution_id }}
                  {...props}
                />
              )}
            >
              {approval.workflow_name}
            </Anchor>
          ) : (
            <Text size="sm" dir="auto">
              {approval.workflow_name}
            </Text>
          )}
          {contact !== "" && (
            <Text size="sm" c="var(--wasl-muted)">
              {t("approvals.about", { name: contact })}
            </Text>
          )}
          <Text size="sm" c="var(--wasl-muted)">
            {t("approvals.quorum", {
              count: quorum,
              shown: format.number(quorum),
              all: format.number(votes.length),
            })}
          </Text>
        </Group>
        <Votes votes={votes} />
        {approval.state === "pending" && <Say approval={approval} />}
      </Stack>
    </Paper>
  );
}

function Votes({ votes }: { votes: Approval["votes"] }) {
  const { t } = useTranslation("executions");
  return (
    <Stack gap={4}>
      {votes.map((vote) => (
        <Group key={vote.user_id} gap={8} wrap="nowrap" align="start">
          {vote.approved === null ? (
            <IconClock size={16} stroke={1.6} role="img" aria-label={t("approvals.open")} />
          ) : vote.approved ? (
            <IconCheck size={16} stroke={2} role="img" aria-label={t("approvals.approved")} />
          ) : (
            <IconX size={16} stroke={2} role="img" aria-label={t("approvals.rejected")} />
          )}
          <Text size="sm" dir="auto">
            {vote.name ?? vote.email}
            {vote.comment !== "" && (
              <Text span c="var(--wasl-muted)">
                {" — "}
                {vote.comment}
              </Text>
            )}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

function Say({ approval }: { approval: Approval }) {
  const { t } = useTranslation("executions");
  const me = useMe();
  const isAdmin = useCan("admin:all");
  const client = useQueryClient();
  const [comment, setComment] = useState("");
  const params = { params: { path: { id: approval.id } }, body: { comment } };
  const say = useMutation({
    mutationFn: (approved: boolean) =>
      approved
        ? call(api.POST("/api/v1/workflow/approvals/{id}/approve/", params))
        : call(api.POST("/api/v1/workflow/approvals/{id}/reject/", params)),
    onSuccess: (_, approved) => notifyDone(t(approved ? "approvals.saidYes" : "approvals.saidNo")),
    onError: (error) => notifyFailure(error),
    onSettled: () => client.invalidateQueries({ queryKey: APPROVALS }),
  });
  const mine = approval.votes.find((vote) => vote.email === me.user?.email);
  if (mine === undefined ? !isAdmin : mine.approved !== null) return null;
  return (
    <Stack gap="xs">
      <Textarea
        value={comment}
        onChange={({ currentTarget }) => setComment(currentTarget.value)}
        placeholder={t("approvals.comment")}
        aria-label={t("approvals.comment")}
        maxLength={2000}
        autosize
        dir="auto"
      />
      <Group justify="flex-end">
        <Button
          variant="default"
          leftSection={<IconX size={16} />}
          onClick={() => say.mutate(false)}
          loading={say.isPending && !say.variables}
        >
          {t("approvals.reject")}
        </Button>
        <Button
          leftSection={<IconCheck size={16} />}
          onClick={() => say.mutate(true)}
          loading={say.isPending && say.variables}
        >
          {t("approvals.approve")}
        </Button>
      </Group>
    </Stack>
  );
}
