/** The frame of the pages before the shell: the business, one card, and the languages. */

import { Anchor, Avatar, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { LANGUAGE_NAMES, LANGUAGES } from "@/lib/i18n";
import { brandQuery } from "@/lib/session";

import classes from "./auth.module.css";

interface Props {
  title: string;
  text?: React.ReactNode;
  children: React.ReactNode;
}

function Business() {
  const tenant = useQuery(brandQuery).data;
  const name = tenant?.name ?? "Wasl وصل";
  return (
    <Group gap="sm" justify="center" wrap="nowrap">
      <Avatar
        size={40}
        radius="md"
        color="brand"
        variant="filled"
        name={name}
        src={tenant?.brand.logo_url ?? null}
        alt=""
      />
      <Text fw={650} size="lg" truncate dir="auto">
        {name}
      </Text>
    </Group>
  );
}

function Languages() {
  const { i18n } = useTranslation("auth");
  return (
    <Group component="nav" gap="md" justify="center">
      {LANGUAGES.map((language) => (
        <Anchor
          key={language}
          component="button"
          type="button"
          size="sm"
          lang={language}
          c="var(--wasl-muted)"
          className={classes.language}
          aria-current={i18n.language === language ? "true" : undefined}
          onClick={() => void i18n.changeLanguage(language)}
        >
          {LANGUAGE_NAMES[language]}
        </Anchor>
      ))}
    </Group>
  );
}

export function DoorLayout({ title, text, children }: Props) {
  return (
    <main className={classes.door}>
      <Stack gap="xl" className={classes.column}>
        <Business />
        <Paper withBorder radius="lg" className={classes.card}>
          <Stack gap="lg">
            <div>
              <Title order={1} size="h3">
                {title}
              </Title>
              {text !== undefined && (
                <Text size="sm" c="var(--wasl-muted)" mt={6}>
                  {text}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Paper>
        <Languages />
      </Stack>
    </main>
  );
}
