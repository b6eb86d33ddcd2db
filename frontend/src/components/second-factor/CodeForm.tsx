/** Where a code is typed: six digits of an app, or a recovery code. */

import { Button, Stack, TextInput } from "@mantine/core";
import { useState } from "react";

interface Props {
  label: string;
  description?: string;
  button: string;
  /** `app` codes are six digits and go by themselves when the last one is typed. */
  kind: "app" | "recovery";
  error: string | undefined;
  pending: boolean;
  onSubmit: (code: string) => void;
}

const LENGTH = 6;

export function CodeForm({ label, description, button, kind, error, pending, onSubmit }: Props) {
  const [code, setCode] = useState("");
  const change = (typed: string) => {
    const next = typed.replace(/\s/g, "");
    setCode(next);
    if (kind === "app" && next.length === LENGTH && next.length > code.length) onSubmit(next);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(code);
      }}
    >
      <Stack gap="md">
        <TextInput
          label={label}
          description={description}
          value={code}
          onChange={(event) => change(event.currentTarget.value)}
          error={error}
          autoFocus
          required
          withAsterisk={false}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={kind === "app" ? LENGTH + 1 : 20}
          size="md"
          classNames={{ input: "ltr" }}
          styles={{ input: { letterSpacing: "0.2em", fontVariantNumeric: "tabular-nums" } }}
        />
        <Button type="submit" loading={pending} size="md" fullWidth>
          {button}
        </Button>
      </Stack>
    </form>
  );
}
