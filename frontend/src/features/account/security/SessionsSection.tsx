/** Where one is signed in, in all workspaces, and how to end that. */

import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Failure, ListSkeleton, notifyDone, notifyFailure } from "@/components/feedback";
import { api, call, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { Section } from "../Section";
import { deviceOf } from "./device";

type Session = Schema<"BrowserSession">;

const SESSIONS = ["sessions"];

export function SessionsSection() {
  const { t } = useTranslation("account");
  const client = useQueryClient();
  const sessions = useQuery({
    queryKey: SESSIONS,
    queryFn: ({ signal }) => call(api.GET("/api/v1/auth/sessions/", { signal })),
  });
  const settle = () => client.invalidateQueries({ queryKey: SESSIONS });
  const end = useMutation({
    mutationFn: (id: string) => call(api.DELETE("/api/v1/auth/sessions/{id}/", { params: { path: { id } } })),
    onMutate: (id) => {
      client.setQueryData<Session[]>(SESSIONS, (rows) => rows?.filter((row) => row.id !== id));
    },
    onError: (error) => notifyFailure(error),
    onSettled: settle,
  });
  const endOthers = useMutation({
    mutationFn: () => call(api.DELETE("/api/v1/auth/sessions/")),
    onSuccess: ({ ended }) => notifyDone(t("sessions.ended", { count: ended })),
    onError: (error) => notifyFailure(error),
    onSettled: settle,
  });
  const others = sessions.data?.some(({ is_current }) => !is_current) === true;
  return (
    <Section
      title={t("sessions.title")}
      text={t("sessions.text")}
      action={
        others && (
          <Button variant="default" onClick={() => endOthers.mutate()} loading={endOthers.isPending}>
            {t("sessions.endOthers")}
          </Button>
        )
      }
    >
      {sessions.isPending && <ListSkeleton rows={2} />}
      {sessions.isError && <Failure error={sessions.error} retry={() => void sessions.refetch()} />}
      {sessions.data && (
        <Stack gap="md" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
          {sessions.data.map((session) => (
            <Row key={session.id} session={session} onEnd={() => end.mutate(session.id)} />
          ))}
        </Stack>
      )}
    </Section>
  );
}

function Row({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const { t } = useTranslation("account");
  const { relative } = useFormat();
  const device = deviceOf(session.user_agent);
  const Icon = device.isPhone ? IconDeviceMobile : IconDeviceDesktop;
  const name = device.name === "" ? t("sessions.unknown") : device.name;
  return (
    <Group component="li" wrap="nowrap" gap="sm">
      <Icon size={22} stroke={1.6} aria-hidden />
      <div style={{ flex: 1, minWidth: 0 }}>
        <Group gap="xs">
          <Text size="sm" fw={500} className="ltr">
            {name}
          </Text>
          {session.is_current && (
            <Badge size="sm" variant="light" color="teal" c="inherit" tt="none">
              {t("sessions.current")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="var(--wasl-muted)">
          <bdi>{session.tenant ?? t("sessions.public")}</bdi> · <bdi className="ltr">{session.ip}</bdi> ·{" "}
          {relative(session.last_seen_at)}
        </Text>
      </div>
      {!session.is_current && (
        <Button
          variant="subtle"
          color="red"
          size="sm"
          onClick={onEnd}
          aria-label={t("sessions.endOne", { name })}
        >
          {t("sessions.end")}
        </Button>
      )}
    </Group>
  );
}
