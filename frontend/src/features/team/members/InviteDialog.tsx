/** Taking someone in: their e-mail and their role; they choose a password themselves. */

import { Button, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";

import { notifyDone } from "@/components/feedback";
import { ApiError } from "@/lib/api";
import { useMe } from "@/lib/session";

import { inviteMember, useMembersChange, useRoles } from "../queries";
import { useRoleWords } from "../useRoleWords";

export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("team");
  return (
    <Modal opened={opened} onClose={onClose} title={t("invite.title")}>
      <InviteForm onDone={onClose} />
    </Modal>
  );
}

const REFUSALS: ReadonlySet<string> = new Set(["already_member", "managed_elsewhere", "owners_only"]);

function InviteForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation("team");
  const me = useMe();
  const roles = useRoles().data ?? [];
  const words = useRoleWords();
  const invite = useMembersChange(inviteMember, { quiet: true });
  const form = useForm({ initialValues: { email: "", name: "", role: "agent" } });
  const error = invite.error instanceof ApiError ? invite.error : null;
  const general =
    error !== null && Object.keys(error.fields).length === 0
      ? REFUSALS.has(error.code)
        ? t(`invite.refused.${error.code}`)
        : error.message
      : null;
  return (
    <form
      onSubmit={form.onSubmit((values) =>
        invite.mutate(values, {
          onSuccess: ({ user }) => {
            notifyDone(t("invite.done", { email: user.email }));
            onDone();
          },
        }),
      )}
    >
      <Stack gap="md">
        <TextInput
          label={t("invite.email")}
          type="email"
          required
          withAsterisk={false}
          data-autofocus
          classNames={{ input: "ltr" }}
          {...form.getInputProps("email")}
          error={error?.fields.email?.[0]}
        />
        <TextInput
          label={t("invite.name")}
          description={t("invite.nameText")}
          maxLength={120}
          dir="auto"
          {...form.getInputProps("name")}
          error={error?.fields.name?.[0]}
        />
        <Radio.Group label={t("invite.role")} {...form.getInputProps("role")}>
          <Stack gap="xs" mt={6}>
            {roles.map(({ slug, label }) => {
              const { title, text } = words(slug, label);
              return (
                <Radio
                  key={slug}
                  value={slug}
                  label={title}
                  description={text}
                  disabled={slug === "owner" && me.role !== "owner"}
                />
              );
            })}
          </Stack>
        </Radio.Group>
        {general !== null && (
          <Text size="sm" c="red" role="alert">
            {general}
          </Text>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={invite.isPending}>
            {t("invite.send")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
