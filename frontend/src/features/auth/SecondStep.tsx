/** The second step: the app's code, a passkey or a recovery code. */

import { Button, Stack, Text } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { CodeForm, useRefusal } from "@/components/second-factor";
import { canUsePasskeys, giveCode, givePasskey, type Standing } from "@/lib/door";

interface Props {
  types: readonly string[];
  onStanding: (standing: Standing) => void;
}

export function SecondStep({ types, onStanding }: Props) {
  const { t } = useTranslation("auth");
  const { t: more } = useTranslation("second-factor");
  const refusal = useRefusal();
  const hasApp = types.includes("totp");
  const [kind, setKind] = useState<"app" | "recovery">(hasApp ? "app" : "recovery");
  const byCode = useMutation({ mutationFn: giveCode, onSuccess: onStanding });
  const byPasskey = useMutation({ mutationFn: givePasskey, onSuccess: onStanding });
  const swap = (to: "app" | "recovery") => {
    byCode.reset();
    setKind(to);
  };
  return (
    <Stack gap="md">
      {types.includes("webauthn") && canUsePasskeys() && (
        <>
          <Button
            size="md"
            variant={hasApp ? "default" : "filled"}
            leftSection={<IconFingerprint size={18} stroke={1.6} />}
            loading={byPasskey.isPending}
            onClick={() => byPasskey.mutate()}
          >
            {more("passkey.use")}
          </Button>
          {byPasskey.isError && (
            <Text size="sm" c="red" role="alert">
              {refusal(byPasskey.error)}
            </Text>
          )}
        </>
      )}
      <CodeForm
        key={kind}
        kind={kind}
        label={kind === "app" ? t("second.app") : t("second.recovery")}
        description={kind === "app" ? t("second.appText") : t("second.recoveryText")}
        button={t("second.button")}
        error={refusal(byCode.error)}
        pending={byCode.isPending}
        onSubmit={(code) => byCode.mutate(code)}
      />
      {kind === "app" && types.includes("recovery_codes") && (
        <Button variant="subtle" onClick={() => swap("recovery")}>
          {t("second.useRecovery")}
        </Button>
      )}
      {kind === "recovery" && hasApp && (
        <Button variant="subtle" onClick={() => swap("app")}>
          {t("second.useApp")}
        </Button>
      )}
    </Stack>
  );
}
