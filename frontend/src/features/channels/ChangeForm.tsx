/** A channel's name, credentials and settings, to be changed: secrets stay as they are unless they are replaced. */

import { Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyDone, notifyFailure } from "@/components/feedback";
import { SchemaForm, type FormValue } from "@/components/schema-form";
import { api, ApiError, call, type FieldErrors } from "@/lib/api";

import classes from "./channels.module.css";
import { useChannelChange, type Channel, type Provider } from "./queries";
import { changeSchema, secretsOf, setupValue } from "./schemas";

interface Props {
  channel: Channel;
  provider: Provider;
}

function stored(channel: Channel): FormValue {
  return { name: channel.name, credentials: {}, settings: channel.settings };
}

export function ChangeForm({ channel, provider }: Props) {
  const { t } = useTranslation("channels");
  const [value, setValue] = useState<FormValue>(() => stored(channel));
  const [errors, setErrors] = useState<FieldErrors>({});
  const change = useChannelChange((given: FormValue) => {
    const { name, credentials, settings } = setupValue(given);
    const replaced = Object.keys(credentials).length > 0;
    return call(
      api.PATCH("/api/v1/inbox/channels/{id}/", {
        params: { path: { id: channel.id } },
        body: { name, settings, ...(replaced ? { credentials } : {}), test_first: replaced },
      }),
    );
  });
  return (
    <section className={classes.panel} aria-label={t("change.title")}>
      <Title order={2} size="h5" mb="sm">
        {t("change.title")}
      </Title>
      <SchemaForm
        schema={changeSchema(provider, {
          name: t("name"),
          credentials: t("credentials"),
          settings: t("settings"),
        })}
        value={value}
        onChange={setValue}
        errors={errors}
        context={{ storedSecrets: secretsOf(provider) }}
        disabled={change.isPending}
        submitLabel={t("change.save")}
        onSubmit={(given) => {
          setErrors({});
          change.mutate(given, {
            onSuccess: (changed) => {
              setValue(stored(changed));
              notifyDone(t("change.saved"));
            },
            onError: (error) => {
              if (error instanceof ApiError) setErrors(error.fields);
              notifyFailure(error);
            },
          });
        }}
      />
    </section>
  );
}
