/** Making a key: a name, what it may do, until when; then its secret, once. */

import {
  Alert,
  Button,
  Checkbox,
  Code,
  CopyButton,
  Group,
  Modal,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconAlertTriangle, IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError, type Schema } from "@/lib/api";
import { allows, useMe } from "@/lib/session";

import { makeKey, useKeysChange, useScopes } from "../queries";
import { useScopeWords } from "../useScopeWords";

type Issued = Schema<"IssuedKey">;

/** Days after which a key ends; 0: never. */
const LIVES = ["30", "90", "365", "0"] as const;
const DAY = 86_400_000;

function endOf(days: number): string | null {
  return days === 0 ? null : new Date(Date.now() + days * DAY).toISOString();
}

export function NewKeyDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("team");
  const [issued, setIssued] = useState<Issued | null>(null);
  const close = () => {
    onClose();
    setIssued(null);
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={issued === null ? t("keys.new") : t("keys.made")}
      // Its secret is shown once: a click beside the dialog must not lose it.
      closeOnClickOutside={issued === null}
      size="lg"
    >
      {issued === null ? <KeyForm onIssued={setIssued} /> : <Secret issued={issued} onDone={close} />}
    </Modal>
  );
}

function KeyForm({ onIssued }: { onIssued: (issued: Issued) => void }) {
  const { t } = useTranslation("team");
  const me = useMe();
  const scopes = useScopes().data ?? [];
  const words = useScopeWords();
  const make = useKeysChange(makeKey, { quiet: true });
  const form = useForm({ initialValues: { name: "", scopes: new Array<string>(), life: "365" } });
  const error = make.error instanceof ApiError ? make.error : null;
  const general = error !== null && Object.keys(error.fields).length === 0 ? error.message : null;
  return (
    <form
      onSubmit={form.onSubmit(({ name, scopes: chosen, life }) =>
        make.mutate(
          {
            name,
            scopes: scopes.map(({ slug }) => slug).filter((slug) => chosen.includes(slug)),
            expires_at: endOf(Number(life)),
          },
          { onSuccess: onIssued },
        ),
      )}
    >
      <Stack gap="md">
        <TextInput
          label={t("keys.name")}
          description={t("keys.nameText")}
          required
          withAsterisk={false}
          maxLength={120}
          data-autofocus
          dir="auto"
          {...form.getInputProps("name")}
          error={error?.fields.name?.[0]}
        />
        <Checkbox.Group
          label={t("keys.rights")}
          description={t("keys.rightsText")}
          {...form.getInputProps("scopes")}
          error={error?.fields.scopes?.[0]}
        >
          <Stack gap="xs" mt="sm">
            {scopes.map(({ slug, description }) => {
              const { title, text } = words(slug, description);
              return (
                <Checkbox
                  key={slug}
                  value={slug}
                  label={title}
                  description={text}
                  // Nobody gives away what they do not hold.
                  disabled={!allows(me.scopes, slug)}
                />
              );
            })}
          </Stack>
        </Checkbox.Group>
        <Select
          label={t("keys.life")}
          data={LIVES.map((value) => ({ value, label: t(`keys.lives.${value}`) }))}
          allowDeselect={false}
          {...form.getInputProps("life")}
        />
        {general !== null && (
          <Text size="sm" c="red" role="alert">
            {general}
          </Text>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending} disabled={form.values.scopes.length === 0}>
            {t("keys.make")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Secret({ issued, onDone }: { issued: Issued; onDone: () => void }) {
  const { t } = useTranslation("team");
  return (
    <Stack gap="md">
      <Alert color="yellow" icon={<IconAlertTriangle size={18} stroke={1.6} />}>
        {t("keys.once")}
      </Alert>
      <Code block className="ltr" style={{ wordBreak: "break-all", whiteSpace: "pre-wrap" }}>
        {issued.secret}
      </Code>
      <Group justify="space-between">
        <CopyButton value={issued.secret}>
          {({ copied, copy }) => (
            <Button
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              onClick={copy}
              data-autofocus
            >
              {copied ? t("keys.copied") : t("keys.copy")}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onDone}>
          {t("keys.kept")}
        </Button>
      </Group>
    </Stack>
  );
}
