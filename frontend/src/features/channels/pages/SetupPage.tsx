/** Connecting a channel: the provider's form, its guide beside it, a test, and what came of it. */

import { Alert, Button, Group, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowRight } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure, notifyDone, notifyFailure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { SchemaForm, type FormValue } from "@/components/schema-form";
import { api, ApiError, call, type FieldErrors } from "@/lib/api";

import { BackToChannels } from "../BackToChannels";
import classes from "../channels.module.css";
import { Findings } from "../Findings";
import { Guide } from "../Guide";
import { providersQuery, useChannelChange, type Checked, type Provider } from "../queries";
import { setupSchema, setupValue } from "../schemas";

const route = getRouteApi("/shell/settings/channels/new/$provider");

export function SetupPage() {
  const { t } = useTranslation("channels");
  const { provider: slug } = route.useParams();
  const phone = useMediaQuery("(max-width: 48em)", window.innerWidth <= 768);
  const providers = useQuery(providersQuery);
  const provider = providers.data?.find((each) => each.slug === slug);
  const label = t(`providers.${slug}`, { defaultValue: provider?.label ?? slug });
  return (
    <Page>
      <BackToChannels />
      <PageHeader title={t("setup.title", { provider: label })} text={t("setup.text")} />
      {providers.isError ? (
        <Failure error={providers.error} retry={() => void providers.refetch()} />
      ) : (
        <div className={classes.setup}>
          {provider === undefined ? <Skeleton height={420} /> : <Setup provider={provider} label={label} />}
          <details className={classes.guide} open={!phone}>
            <summary>{t("guide")}</summary>
            <Guide provider={slug} />
          </details>
        </div>
      )}
    </Page>
  );
}

function Setup({ provider, label }: { provider: Provider; label: string }) {
  const { t } = useTranslation("channels");
  const navigate = route.useNavigate();
  const [value, setValue] = useState<FormValue>({ name: label, credentials: {}, settings: {} });
  const [errors, setErrors] = useState<FieldErrors>({});
  const [checked, setChecked] = useState<Checked | null>(null);

  function failed(error: unknown): void {
    if (error instanceof ApiError) setErrors(error.fields);
    if (!(error instanceof ApiError) || Object.keys(error.fields).length === 0) notifyFailure(error);
  }

  const test = useMutation({
    mutationFn: () => {
      const { credentials, settings } = setupValue(value);
      return call(
        api.POST("/api/v1/inbox/providers/{slug}/test/", {
          params: { path: { slug: provider.slug } },
          body: { credentials, settings },
        }),
      );
    },
    onMutate: () => setErrors({}),
    onSuccess: setChecked,
    onError: failed,
  });
  const connect = useChannelChange((given: FormValue) =>
    call(
      api.POST("/api/v1/inbox/channels/", {
        body: { provider: provider.slug, ...setupValue(given), test_first: true, connect: true },
      }),
    ),
  );

  return (
    <div>
      <SchemaForm
        schema={setupSchema(provider, {
          name: t("name"),
          credentials: t("credentials"),
          settings: t("settings"),
        })}
        value={value}
        onChange={(next) => {
          setValue(next);
          setChecked(null);
        }}
        errors={errors}
        disabled={connect.isPending}
        submitLabel={t("setup.connect")}
        onSubmit={(given) => {
          setErrors({});
          connect.mutate(given, {
            onSuccess: (made) => {
              notifyDone(t("setup.connected", { name: made.name }));
              void navigate({ to: "/settings/channels/$channelId", params: { channelId: made.id } });
            },
            onError: failed,
          });
        }}
      />
      <Group mt="md">
        <Button
          variant="default"
          onClick={() => test.mutate()}
          loading={test.isPending}
          rightSection={<IconArrowRight size={16} className={classes.mirrored} />}
        >
          {t("setup.test")}
        </Button>
      </Group>
      {errors.credentials !== undefined && (
        <Alert color="red" mt="md" title={t("setup.refused")} role="alert">
          {errors.credentials.join(" ")}
        </Alert>
      )}
      {checked !== null && (
        <section className={classes.panel} aria-live="polite" style={{ marginTop: 16 }}>
          <Findings findings={checked.findings} />
        </section>
      )}
    </div>
  );
}
