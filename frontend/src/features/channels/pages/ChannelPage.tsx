/** One channel: how it stands, what to put into the provider's form, and its credentials and settings. */

import { Badge, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconPlugConnected, IconTestPipe } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ProviderIcon } from "@/components/conversation";
import { ConfirmDialog, Failure, notifyDone, notifyFailure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { BackToChannels } from "../BackToChannels";
import { ChangeForm } from "../ChangeForm";
import classes from "../channels.module.css";
import { CopyField } from "../CopyField";
import { Findings } from "../Findings";
import {
  channelQuery,
  healthQuery,
  providersQuery,
  useChannelChange,
  webhookQuery,
  type Channel,
  type Health,
} from "../queries";

const route = getRouteApi("/shell/settings/channels/$channelId");

export function ChannelPage() {
  const { t } = useTranslation("channels");
  const { channelId: id } = route.useParams();
  const channel = useQuery(channelQuery(id));
  const health = useQuery(healthQuery(id));
  const providers = useQuery(providersQuery);
  const provider = providers.data?.find((each) => each.slug === channel.data?.provider);
  if (channel.isError) return <Failure error={channel.error} retry={() => void channel.refetch()} />;
  if (channel.data === undefined)
    return (
      <Page width="text">
        <Skeleton height={420} />
      </Page>
    );
  return (
    <Page width="text">
      <BackToChannels />
      <PageHeader
        title={
          <Group gap="xs" component="span">
            <ProviderIcon provider={channel.data.provider} size={22} />
            <span dir="auto">{channel.data.name}</span>
            {!channel.data.is_active && (
              <Badge color="gray" variant="light">
                {t("off")}
              </Badge>
            )}
          </Group>
        }
        text={health.data === undefined ? undefined : <Handle health={health.data} />}
      >
        <Actions channel={channel.data} />
      </PageHeader>
      <Stack gap="lg">
        <section className={classes.panel} aria-label={t("health.title")}>
          {health.data === undefined ? <Skeleton height={110} /> : <HealthPanel health={health.data} />}
        </section>
        <Addresses channel={channel.data} />
        {provider === undefined ? (
          <Skeleton height={300} />
        ) : (
          <ChangeForm key={channel.data.id} channel={channel.data} provider={provider} />
        )}
      </Stack>
    </Page>
  );
}

function Handle({ health }: { health: Health }) {
  const parts = [health.account.name, health.account.handle].filter((part) => part !== "");
  return <bdi>{parts.join(" · ")}</bdi>;
}

function HealthPanel({ health }: { health: Health }) {
  const { t } = useTranslation("channels");
  const format = useFormat();
  const when = (moment: string | null): string =>
    moment === null ? t("health.never") : format.relative(moment);
  const token =
    health.token_valid === null
      ? t("health.unasked")
      : health.token_valid
        ? t("health.valid")
        : t("health.refused");
  const facts: readonly (readonly [string, string])[] = [
    [t("health.in"), when(health.last_inbound_at)],
    [t("health.out"), when(health.last_outbound_at)],
    [t("health.failures"), format.number(health.failures_24h)],
    [t("health.token"), token],
    [t("health.webhook"), health.webhook_verified ? t("health.verified") : t("health.unverified")],
    ...(health.account.quality === "" ? [] : [[t("health.quality"), health.account.quality] as const]),
    [t("health.checked"), when(health.checked_at)],
  ];
  return (
    <Stack gap="md">
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {health.findings.length > 0 ? (
        <Findings findings={health.findings} />
      ) : (
        <Text size="sm">{t("health.fine")}</Text>
      )}
    </Stack>
  );
}

function Actions({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channels");
  const [asking, setAsking] = useState(false);
  const path = { params: { path: { id: channel.id } } };
  const test = useChannelChange(() => call(api.POST("/api/v1/inbox/channels/{id}/test/", path)));
  const connect = useChannelChange(() => call(api.POST("/api/v1/inbox/channels/{id}/connect/", path)));
  const turn = useChannelChange((active: boolean) =>
    call(
      active
        ? api.POST("/api/v1/inbox/channels/{id}/activate/", path)
        : api.POST("/api/v1/inbox/channels/{id}/deactivate/", path),
    ),
  );
  const told = {
    onSuccess: (checked: { ok: boolean }) =>
      checked.ok ? notifyDone(t("tested.ok")) : notifyFailure(t("tested.notOk")),
    onError: (error: unknown) => notifyFailure(error),
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconTestPipe size={16} stroke={1.6} />}
        loading={test.isPending}
        onClick={() => test.mutate(undefined, told)}
      >
        {t("test")}
      </Button>
      <Button
        variant="default"
        leftSection={<IconPlugConnected size={16} stroke={1.6} />}
        loading={connect.isPending}
        onClick={() => connect.mutate(undefined, told)}
      >
        {t("reconnect")}
      </Button>
      {channel.is_active ? (
        <Button variant="light" color="red" onClick={() => setAsking(true)}>
          {t("switchOff")}
        </Button>
      ) : (
        <Button
          loading={turn.isPending}
          onClick={() => turn.mutate(true, { onError: (error) => notifyFailure(error) })}
        >
          {t("switchOn")}
        </Button>
      )}
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("switchOff")}
        text={t("switchOffText")}
        confirm={t("switchOff")}
        loading={turn.isPending}
        onConfirm={() =>
          turn.mutate(false, {
            onSuccess: () => setAsking(false),
            onError: (error) => notifyFailure(error),
          })
        }
      />
    </>
  );
}

function Addresses({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channels");
  const webhook = useQuery(webhookQuery(channel.id));
  if (webhook.data === undefined) return <Skeleton height={70} />;
  return (
    <section className={classes.panel} aria-label={t("webhook.title")}>
      <Stack gap="sm">
        {channel.provider === "webchat" && (
          <CopyField
            label={t("webhook.siteKey")}
            value={channel.account_id}
            description={t("webhook.siteKeyText")}
          />
        )}
        <CopyField label={t("webhook.url")} value={webhook.data.url} description={t("webhook.urlText")} />
        {webhook.data.verify_token !== "" && (
          <CopyField
            label={t("webhook.token")}
            value={webhook.data.verify_token}
            description={t("webhook.tokenText")}
          />
        )}
      </Stack>
    </section>
  );
}
