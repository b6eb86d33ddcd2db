/** Changing one's password; all other sessions end with it. */

import { Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { notifyDone } from "@/components/feedback";
import { useRefusal } from "@/components/second-factor";
import { changePassword, RefusedError } from "@/lib/door";
import { useMe } from "@/lib/session";

import { Section } from "../Section";

export function PasswordSection() {
  const { t } = useTranslation("account");
  const [opened, { open, close }] = useDisclosure();
  return (
    <Section
      title={t("password.title")}
      text={t("password.text")}
      action={
        <Button variant="default" onClick={open}>
          {t("password.change")}
        </Button>
      }
    >
      <Modal opened={opened} onClose={close} title={t("password.change")}>
        <PasswordForm onDone={close} />
      </Modal>
    </Section>
  );
}

function PasswordForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation("account");
  const refusal = useRefusal();
  const client = useQueryClient();
  const { user } = useMe();
  const form = useForm({ initialValues: { current: "", next: "" } });
  const change = useMutation({
    mutationFn: ({ current, next }: { current: string; next: string }) => changePassword(current, next),
    onSuccess: async () => {
      notifyDone(t("password.done"));
      onDone();
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  const about = (field: string): string | undefined =>
    change.error instanceof RefusedError && change.error.refusals.some((each) => each.field === field)
      ? refusal(change.error)
      : undefined;
  const otherwise = change.isError && !(change.error instanceof RefusedError) && refusal(change.error);
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
      <Stack gap="md">
        {/* For password managers: whose password it is. */}
        <input type="email" autoComplete="username" value={user?.email ?? ""} readOnly hidden />
        <PasswordInput
          label={t("password.current")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus
          {...form.getInputProps("current")}
          error={about("current_password")}
        />
        <PasswordInput
          label={t("password.next")}
          description={t("password.hint")}
          autoComplete="new-password"
          required
          withAsterisk={false}
          {...form.getInputProps("next")}
          error={about("new_password")}
        />
        {otherwise && (
          <Text size="sm" c="red" role="alert">
            {otherwise}
          </Text>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={change.isPending}>
            {t("password.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
