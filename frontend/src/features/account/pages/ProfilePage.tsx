/** One's own profile: name, language, time zone, colours, notifications. */

import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMantineColorScheme } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { notifyDone } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { LANGUAGE_NAMES, LANGUAGES, languageOf } from "@/lib/i18n";
import { useMe, useTenant, type Me } from "@/lib/session";

import { NotificationChoices } from "../NotificationChoices";
import { Section } from "../Section";
import { useProfile } from "../useProfile";

const THEMES = ["light", "dark", "auto"] as const;

export function ProfilePage() {
  const { t } = useTranslation("account");
  const { user, preferences } = useMe();
  if (user === null || preferences === null) return null;
  return (
    <Page width="text">
      <PageHeader title={t("profile.title")} text={t("profile.text")} />
      <Person user={user} />
      <Taste preferences={preferences} />
      <Section title={t("notifications.title")} text={t("notifications.text")}>
        <NotificationChoices chosen={preferences.notifications} />
      </Section>
    </Page>
  );
}

function Person({ user }: { user: NonNullable<Me["user"]> }) {
  const { t } = useTranslation("account");
  const profile = useProfile();
  const form = useForm({ initialValues: { name: user.name } });
  return (
    <Section title={t("person.title")}>
      <form
        onSubmit={form.onSubmit((values) =>
          profile.mutate(values, {
            onSuccess: () => {
              form.resetDirty();
              notifyDone(t("saved"));
            },
          }),
        )}
      >
        <Stack gap="md">
          <TextInput
            label={t("person.name")}
            description={t("person.nameText")}
            maxLength={120}
            autoComplete="name"
            dir="auto"
            {...form.getInputProps("name")}
          />
          <TextInput
            label={t("person.email")}
            description={t("person.emailText")}
            value={user.email}
            readOnly
            variant="filled"
            classNames={{ input: "ltr" }}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={profile.isPending} disabled={!form.isDirty()}>
              {t("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function Taste({ preferences }: { preferences: NonNullable<Me["preferences"]> }) {
  const { t, i18n } = useTranslation("account");
  const { setColorScheme } = useMantineColorScheme();
  const tenant = useTenant();
  const profile = useProfile();
  const zones = useMemo(() => Intl.supportedValuesOf("timeZone"), []);
  const ofTenant = (value: string | undefined) => t("taste.ofTenant", { value: value ?? "" });
  return (
    <Section title={t("taste.title")}>
      <Stack gap="md">
        <Select
          label={t("taste.language")}
          data={[
            { value: "", label: ofTenant(LANGUAGE_NAMES[languageOf(tenant.language)]) },
            ...LANGUAGES.map((language) => ({ value: language, label: LANGUAGE_NAMES[language] })),
          ]}
          value={preferences.language}
          allowDeselect={false}
          onChange={(value) => {
            const language = LANGUAGES.find((each) => each === value);
            void i18n.changeLanguage(language ?? languageOf(tenant.language));
            profile.mutate({ language: language ?? "" });
          }}
        />
        <Select
          label={t("taste.timezone")}
          description={t("taste.timezoneText")}
          data={[{ value: "", label: ofTenant(tenant.timezone) }, ...zones]}
          value={preferences.timezone}
          searchable
          allowDeselect={false}
          limit={80}
          nothingFoundMessage={t("taste.noZone")}
          onChange={(value) => profile.mutate({ timezone: value ?? "" })}
        />
        <div role="group" aria-label={t("taste.theme")}>
          <Text size="sm" fw={500} mb={4}>
            {t("taste.theme")}
          </Text>
          <SegmentedControl
            data={THEMES.map((theme) => ({ value: theme, label: t(`taste.themes.${theme}`) }))}
            value={preferences.theme}
            onChange={(value) => {
              const theme = THEMES.find((each) => each === value) ?? "auto";
              setColorScheme(theme);
              profile.mutate({ theme });
            }}
          />
        </div>
      </Stack>
    </Section>
  );
}
