/** What is dangerous is asked for once more: the dialog that does it, and the call that then goes on. */

import { Button, Divider, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import {
  canUsePasskeys,
  confirmByCode,
  confirmByPasskey,
  confirmByPassword,
  ConfirmationNeededError,
} from "@/lib/door";

import { CodeForm } from "./CodeForm";
import { useRefusal } from "./refusal";

/** The person closed the dialog: nothing was done, and nothing is to be said. */
class NotConfirmedError extends Error {
  override readonly name = "NotConfirmedError";
}

interface Asked {
  readonly needed: ConfirmationNeededError;
  readonly confirm: () => void;
  readonly refuse: () => void;
}

interface Confirmed {
  /** Runs `action`; where the door asks who is there, shows the dialog and runs it again. Rejects when it is closed. */
  confirmed: <Result>(action: () => Promise<Result>) => Promise<Result>;
  /** To be drawn somewhere on the page. */
  dialog: React.ReactNode;
}

export function useConfirmed(): Confirmed {
  const [asked, setAsked] = useState<Asked | null>(null);
  const confirmed = useCallback(async <Result,>(action: () => Promise<Result>): Promise<Result> => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ConfirmationNeededError)) throw error;
      await new Promise<void>((resolve, reject) =>
        setAsked({ needed: error, confirm: resolve, refuse: () => reject(new NotConfirmedError()) }),
      );
      return action();
    }
  }, []);
  const close = (outcome: "confirm" | "refuse") => {
    asked?.[outcome]();
    setAsked(null);
  };
  return {
    confirmed,
    dialog: asked !== null && (
      <ConfirmIdentity
        needed={asked.needed}
        onConfirmed={() => close("confirm")}
        onClose={() => close("refuse")}
      />
    ),
  };
}

/** Whether an error is only that the person thought better of it. */
export function wasClosed(error: unknown): boolean {
  return error instanceof NotConfirmedError;
}

interface DialogProps {
  needed: ConfirmationNeededError;
  onConfirmed: () => void;
  onClose: () => void;
}

function ConfirmIdentity({ needed, onConfirmed, onClose }: DialogProps) {
  const { t } = useTranslation("second-factor");
  const refusal = useRefusal();
  const [password, setPassword] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const byPassword = useMutation({
    mutationFn: confirmByPassword,
    onSuccess: onConfirmed,
    onError: () => field.current?.select(),
  });
  const byCode = useMutation({ mutationFn: confirmByCode, onSuccess: onConfirmed });
  const byPasskey = useMutation({ mutationFn: confirmByPasskey, onSuccess: onConfirmed });
  const others = needed.types.includes("webauthn") && canUsePasskeys();
  return (
    <Modal opened onClose={onClose} title={t("confirm.title")}>
      <Stack gap="md">
        <Text size="sm" c="var(--wasl-muted)">
          {t("confirm.text")}
        </Text>
        {needed.password ? (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              byPassword.mutate(password);
            }}
          >
            <Stack gap="md">
              <PasswordInput
                ref={field}
                label={t("confirm.password")}
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
                error={refusal(byPassword.error)}
                autoComplete="current-password"
                data-autofocus
                required
                withAsterisk={false}
              />
              <Button type="submit" loading={byPassword.isPending}>
                {t("confirm.button")}
              </Button>
            </Stack>
          </form>
        ) : (
          <CodeForm
            kind="app"
            label={t("app.code")}
            button={t("confirm.button")}
            error={refusal(byCode.error)}
            pending={byCode.isPending}
            onSubmit={(code) => byCode.mutate(code)}
          />
        )}
        {others && (
          <>
            <Divider
              label={
                <Text size="sm" c="var(--wasl-muted)">
                  {t("or")}
                </Text>
              }
            />
            <Button
              variant="default"
              leftSection={<IconFingerprint size={18} />}
              loading={byPasskey.isPending}
              onClick={() => byPasskey.mutate()}
            >
              {t("passkey.use")}
            </Button>
            {byPasskey.isError && (
              <Text size="sm" c="red" role="alert">
                {refusal(byPasskey.error)}
              </Text>
            )}
          </>
        )}
      </Stack>
    </Modal>
  );
}
