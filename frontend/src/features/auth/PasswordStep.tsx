/** The first step: e-mail and password, or a passkey. */

import { Anchor, Button, Divider, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useRefusal } from "@/components/second-factor";
import { canUsePasskeys, signIn, signInByPasskey, type Standing } from "@/lib/door";

export function PasswordStep({ onStanding }: { onStanding: (standing: Standing) => void }) {
  const { t } = useTranslation("auth");
  const { t: more } = useTranslation("second-factor");
  const refusal = useRefusal();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const byPassword = useMutation({
    mutationFn: () => signIn(email, password),
    onSuccess: onStanding,
    onError: () => field.current?.select(),
  });
  const byPasskey = useMutation({ mutationFn: signInByPasskey, onSuccess: onStanding });
  return (
    <Stack gap="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          byPassword.mutate();
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t("signIn.email")}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            autoComplete="username webauthn"
            autoFocus
            required
            withAsterisk={false}
            size="md"
            classNames={{ input: "ltr" }}
          />
          <PasswordInput
            ref={field}
            label={t("signIn.password")}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={refusal(byPassword.error)}
            autoComplete="current-password"
            required
            withAsterisk={false}
            size="md"
          />
          <Button type="submit" loading={byPassword.isPending} size="md" fullWidth>
            {t("signIn.button")}
          </Button>
        </Stack>
      </form>
      {canUsePasskeys() && (
        <>
          <Divider
            label={
              <Text size="sm" c="var(--wasl-muted)">
                {more("or")}
              </Text>
            }
          />
          <Button
            variant="default"
            size="md"
            leftSection={<IconFingerprint size={18} stroke={1.6} />}
            loading={byPasskey.isPending}
            onClick={() => byPasskey.mutate()}
          >
            {t("signIn.passkey")}
          </Button>
          {byPasskey.isError && (
            <Text size="sm" c="red" role="alert">
              {refusal(byPasskey.error)}
            </Text>
          )}
        </>
      )}
      <Anchor component={Link} to="/forgot-password" size="sm" ta="center">
        {t("signIn.forgotten")}
      </Anchor>
    </Stack>
  );
}
