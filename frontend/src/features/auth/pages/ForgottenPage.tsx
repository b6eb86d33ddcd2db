/** Asking for a link to choose a new password. The answer is the same for everybody. */

import { Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useRefusal } from "@/components/second-factor";
import { askForNewPassword } from "@/lib/door";

import { DoorLayout } from "../DoorLayout";

export function ForgottenPage() {
  const { t } = useTranslation("auth");
  const refusal = useRefusal();
  const [email, setEmail] = useState("");
  const ask = useMutation({ mutationFn: () => askForNewPassword(email) });
  const back = (
    <Anchor component={Link} to="/sign-in" size="sm" ta="center">
      {t("forgotten.back")}
    </Anchor>
  );
  if (ask.isSuccess) {
    return (
      <DoorLayout title={t("forgotten.sentTitle")} text={t("forgotten.sentText", { email })}>
        {back}
      </DoorLayout>
    );
  }
  return (
    <DoorLayout title={t("forgotten.title")} text={t("forgotten.text")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t("signIn.email")}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={refusal(ask.error)}
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            size="md"
            classNames={{ input: "ltr" }}
          />
          <Button type="submit" loading={ask.isPending} size="md" fullWidth>
            {t("forgotten.button")}
          </Button>
          {back}
        </Stack>
      </form>
    </DoorLayout>
  );
}
