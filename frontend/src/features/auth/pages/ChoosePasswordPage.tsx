/** Choosing a password by the link of a mail: forgotten, or the first one after an invitation. */

import { Button, PasswordInput, Stack } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "@/components/feedback";
import { useRefusal } from "@/components/second-factor";
import { choosePassword, RefusedError, whoseKey } from "@/lib/door";

import { DoorLayout } from "../DoorLayout";
import { useSecret } from "../useSecret";

export function ChoosePasswordPage() {
  const { t } = useTranslation("auth");
  const refusal = useRefusal();
  const key = useSecret();
  const [password, setPassword] = useState("");
  const owner = useQuery({
    queryKey: ["door", "key", key],
    queryFn: () => whoseKey(key),
    retry: false,
    staleTime: Infinity,
  });
  const choose = useMutation({ mutationFn: () => choosePassword(key, password) });
  const bad =
    owner.error instanceof RefusedError ||
    (choose.error instanceof RefusedError && choose.error.refusals.some(({ field }) => field === "key"));

  if (choose.isSuccess) {
    return (
      <DoorLayout title={t("choose.doneTitle")} text={t("choose.doneText")}>
        <Button component={Link} to="/sign-in" size="md">
          {t("signIn.title")}
        </Button>
      </DoorLayout>
    );
  }
  if (bad) {
    return (
      <DoorLayout title={t("choose.badTitle")} text={t("choose.badText")}>
        <Button component={Link} to="/forgot-password" size="md">
          {t("choose.again")}
        </Button>
      </DoorLayout>
    );
  }
  if (owner.isError) {
    return (
      <DoorLayout title={t("choose.title")}>
        <Failure error={owner.error} retry={() => void owner.refetch()} />
      </DoorLayout>
    );
  }
  return (
    <DoorLayout
      title={t("choose.title")}
      text={owner.data === undefined ? t("choose.checking") : t("choose.text", { email: owner.data })}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          choose.mutate();
        }}
      >
        <Stack gap="md">
          {/* For password managers: whose password it is. */}
          <input type="email" autoComplete="username" value={owner.data ?? ""} readOnly hidden />
          <PasswordInput
            label={t("choose.password")}
            description={t("choose.hint")}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={refusal(choose.error)}
            autoComplete="new-password"
            autoFocus
            required
            withAsterisk={false}
            size="md"
          />
          <Button
            type="submit"
            loading={choose.isPending}
            disabled={owner.data === undefined}
            size="md"
            fullWidth
          >
            {t("choose.button")}
          </Button>
        </Stack>
      </form>
    </DoorLayout>
  );
}
