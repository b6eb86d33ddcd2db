/** The tenant's channels, each with how it stands. */

import { Badge, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconPlus, IconPlugConnected } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ProviderIcon } from "@/components/conversation";
import { EmptyState, Failure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { useFormat } from "@/lib/format";

import classes from "../channels.module.css";
import { LevelSign } from "../Findings";
import { channelsQuery, healthsQuery, type Channel, type Health } from "../queries";

export function ChannelsPage() {
  const { t } = useTranslation("channels");
  const channels = useQuery(channelsQuery);
  const healths = useQuery(healthsQuery);
  const add = (
    <Button component={Link} to="/settings/channels/new" leftSection={<IconPlus size={16} />}>
      {t("list.add")}
    </Button>
  );
  return (
    <Page width="text">
      <PageHeader title={t("list.title")} text={t("list.text")}>
        {channels.data !== undefined && channels.data.count > 0 && add}
      </PageHeader>
      {channels.data === undefined ? (
        channels.isError ? (
          <Failure error={channels.error} retry={() => void channels.refetch()} />
        ) : (
          <Stack gap="sm">
            {[1, 2, 3].map((number) => (
              <Skeleton key={number} height={84} />
            ))}
          </Stack>
        )
      ) : channels.data.count === 0 ? (
        <EmptyState icon={IconPlugConnected} title={t("list.none")} text={t("list.noneText")} action={add} />
      ) : (
        <Stack gap="sm" component="ul" className={classes.list}>
          {channels.data.results.map((channel) => (
            <li key={channel.id}>
              <ChannelRow
                channel={channel}
                health={healths.data?.find((each) => each.channel_id === channel.id)}
              />
            </li>
          ))}
        </Stack>
      )}
    </Page>
  );
}

function ChannelRow({ channel, health }: { channel: Channel; health: Health | undefined }) {
  const { t } = useTranslation("channels");
  const format = useFormat();
  const worst = health?.findings.find((finding) => finding.level === health.level && finding.level !== "ok");
  return (
    <Link to="/settings/channels/$channelId" params={{ channelId: channel.id }} className={classes.row}>
      <span className={classes.provider}>
        <ProviderIcon provider={channel.provider} size={22} />
      </span>
      <div className={classes.rowText}>
        <Group gap="xs">
          <Text fw={600} dir="auto">
            {channel.name}
          </Text>
          {!channel.is_active && (
            <Badge color="gray" variant="light">
              {t("off")}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="var(--wasl-muted)">
          {health === undefined
            ? t(`providers.${channel.provider}`, { defaultValue: channel.provider })
            : worst !== undefined
              ? t(`findings.${worst.code}.message`, { defaultValue: worst.message })
              : health.last_inbound_at === null
                ? t("health.neverIn")
                : t("health.lastIn", { when: format.relative(health.last_inbound_at) })}
        </Text>
      </div>
      {health === undefined ? <Skeleton circle height={26} /> : <LevelSign level={health.level} />}
    </Link>
  );
}
