/** What can be connected: one card a provider. */

import { SimpleGrid, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ProviderIcon } from "@/components/conversation";
import { Failure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";

import { BackToChannels } from "../BackToChannels";
import classes from "../channels.module.css";
import { providersQuery } from "../queries";

export function GalleryPage() {
  const { t } = useTranslation("channels");
  const providers = useQuery(providersQuery);
  return (
    <Page width="text">
      <BackToChannels />
      <PageHeader title={t("gallery.title")} text={t("gallery.text")} />
      {providers.isError ? (
        <Failure error={providers.error} retry={() => void providers.refetch()} />
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          {providers.data?.map((provider) => (
            <Link
              key={provider.slug}
              to="/settings/channels/new/$provider"
              params={{ provider: provider.slug }}
              className={classes.row}
            >
              <span className={classes.provider}>
                <ProviderIcon provider={provider.slug} size={24} />
              </span>
              <div className={classes.rowText}>
                <Text fw={600}>{t(`providers.${provider.slug}`, { defaultValue: provider.label })}</Text>
                <Text size="sm" c="var(--wasl-muted)">
                  {t(`about.${provider.slug}`, { defaultValue: "" })}
                </Text>
              </div>
            </Link>
          )) ?? [1, 2, 3].map((number) => <Skeleton key={number} height={92} />)}
        </SimpleGrid>
      )}
    </Page>
  );
}
