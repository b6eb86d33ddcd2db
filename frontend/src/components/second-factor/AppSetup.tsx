/** Setting up an authenticator app: scan, type the first code, keep the recovery codes. */

import { Button, Code, CopyButton, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { QRCodeSVG } from "qrcode.react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "@/components/feedback";
import { addApp, newSecret, recoveryCodes } from "@/lib/door";

import { CodeForm } from "./CodeForm";
import { RecoveryCodes } from "./RecoveryCodes";
import { useRefusal } from "./refusal";
import classes from "./second-factor.module.css";
import { useConfirmed } from "./useConfirmed";

interface Props {
  /** The codes are kept; go on. */
  onDone: () => void;
}

export function AppSetup({ onDone }: Props) {
  const { t } = useTranslation("second-factor");
  const refusal = useRefusal();
  const client = useQueryClient();
  const { confirmed, dialog } = useConfirmed();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const secret = useQuery({
    queryKey: ["door", "secret"],
    queryFn: newSecret,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const add = useMutation({
    mutationFn: (code: string) =>
      confirmed(async () => {
        await addApp(code);
        return recoveryCodes();
      }),
    onSuccess: async (made) => {
      setCodes(made);
      await client.invalidateQueries({ queryKey: ["door", "factors"] });
    },
  });

  if (codes !== null) {
    return (
      <Stack gap="lg">
        <RecoveryCodes codes={codes} />
        <Button onClick={onDone} size="md">
          {t("codes.kept")}
        </Button>
      </Stack>
    );
  }
  if (secret.isError) return <Failure error={secret.error} retry={() => void secret.refetch()} />;
  return (
    <Stack gap="md">
      <Text size="sm">{t("app.scan")}</Text>
      <div className={classes.qr}>
        {secret.data ? (
          <QRCodeSVG value={secret.data.url} size={176} title={t("app.qr")} role="img" />
        ) : (
          <Skeleton height={176} width={176} />
        )}
      </div>
      {secret.data && (
        <Text size="xs" c="var(--wasl-muted)">
          {t("app.byHand")}{" "}
          <CopyButton value={secret.data.secret}>
            {({ copied, copy }) => (
              <Button variant="transparent" size="compact-xs" onClick={copy}>
                {copied ? t("copied") : t("copy")}
              </Button>
            )}
          </CopyButton>
          <Code block className={`ltr ${classes.secret ?? ""}`}>
            {secret.data.secret}
          </Code>
        </Text>
      )}
      <CodeForm
        kind="app"
        label={t("app.code")}
        description={t("app.codeText")}
        button={t("app.add")}
        error={refusal(add.error)}
        pending={add.isPending}
        onSubmit={(code) => add.mutate(code)}
      />
      {dialog}
    </Stack>
  );
}
