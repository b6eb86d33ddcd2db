/** Passkeys of this host: fingerprint, face or a key instead of the password. */

import { ActionIcon, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconFingerprint, IconPencil, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, notifyDone } from "@/components/feedback";
import { addPasskey, canUsePasskeys, removePasskey, renamePasskey, type Passkey } from "@/lib/door";
import { useFormat } from "@/lib/format";

import { Section } from "../Section";
import { useFactorChange } from "./useFactors";

type Asked = { for: "new" } | { for: "name"; passkey: Passkey } | { for: "removal"; passkey: Passkey };

export function PasskeysSection({ passkeys }: { passkeys: readonly Passkey[] }) {
  const { t } = useTranslation("account");
  const { relative, date } = useFormat();
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const add = useFactorChange(addPasskey, () => notifyDone(t("passkeys.added")));
  const rename = useFactorChange(({ id, name }: { id: number; name: string }) => renamePasskey(id, name));
  const remove = useFactorChange(removePasskey);
  return (
    <Section
      title={t("passkeys.title")}
      text={t("passkeys.text", { host: window.location.hostname })}
      action={
        canUsePasskeys() && (
          <Button
            variant="default"
            leftSection={<IconFingerprint size={16} stroke={1.6} />}
            onClick={() => setAsked({ for: "new" })}
            loading={add.isPending}
          >
            {t("passkeys.add")}
          </Button>
        )
      }
    >
      {passkeys.length > 0 && (
        <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
          {passkeys.map((passkey) => (
            <Group component="li" key={passkey.id} wrap="nowrap" gap="sm">
              <IconFingerprint size={20} stroke={1.6} aria-hidden />
              <div style={{ flex: 1, minWidth: 0 }}>
                <Text size="sm" fw={500} truncate dir="auto">
                  {passkey.name}
                </Text>
                <Text size="xs" c="var(--wasl-muted)">
                  {passkey.usedAt === null
                    ? t("passkeys.made", { when: date(passkey.createdAt) })
                    : t("passkeys.used", { when: relative(passkey.usedAt) })}
                </Text>
              </div>
              <ActionIcon
                size="lg"
                aria-label={t("passkeys.rename", { name: passkey.name })}
                onClick={() => setAsked({ for: "name", passkey })}
              >
                <IconPencil size={18} stroke={1.6} />
              </ActionIcon>
              <ActionIcon
                size="lg"
                aria-label={t("passkeys.remove", { name: passkey.name })}
                onClick={() => setAsked({ for: "removal", passkey })}
              >
                <IconTrash size={18} stroke={1.6} />
              </ActionIcon>
            </Group>
          ))}
        </Stack>
      )}
      <Modal
        opened={asked?.for === "new" || asked?.for === "name"}
        onClose={close}
        title={asked?.for === "new" ? t("passkeys.add") : t("passkeys.renameTitle")}
      >
        <NameForm
          key={asked?.for}
          initial={asked?.for === "name" ? asked.passkey.name : ""}
          onName={(name) => {
            close();
            if (asked?.for === "name") rename.mutate({ id: asked.passkey.id, name });
            else add.mutate(name);
          }}
        />
      </Modal>
      <ConfirmDialog
        opened={asked?.for === "removal"}
        onClose={close}
        title={t("passkeys.removeTitle")}
        text={t("passkeys.removeText")}
        confirm={t("passkeys.removeConfirm")}
        onConfirm={() => {
          close();
          if (asked?.for === "removal") remove.mutate(asked.passkey.id);
        }}
      />
      {add.dialog}
      {rename.dialog}
      {remove.dialog}
    </Section>
  );
}

function NameForm({ initial, onName }: { initial: string; onName: (name: string) => void }) {
  const { t } = useTranslation("account");
  const [name, setName] = useState(initial);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onName(name.trim());
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t("passkeys.name")}
          description={t("passkeys.nameText")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          required
          withAsterisk={false}
          data-autofocus
          dir="auto"
        />
        <Group justify="flex-end">
          <Button type="submit" disabled={name.trim() === ""}>
            {t("passkeys.next")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
