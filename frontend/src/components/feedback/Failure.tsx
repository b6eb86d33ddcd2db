/** Something could not be shown: says what went wrong, and lets people try again. */

import { Button, Code } from "@mantine/core";
import { IconCloudOff, IconLock, IconMoodSad, IconSearchOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/lib/api";

import { EmptyState } from "./EmptyState";

const BROKEN = ["broken", IconMoodSad] as const;
const BY_STATUS = new Map([
  [0, ["offline", IconCloudOff] as const],
  [403, ["forbidden", IconLock] as const],
  [404, ["missing", IconSearchOff] as const],
]);

interface Props {
  error: unknown;
  retry?: () => void;
}

export function Failure({ error, retry }: Props) {
  const { t } = useTranslation("feedback");
  const status = error instanceof ApiError ? error.status : -1;
  const [kind, icon] = BY_STATUS.get(status) ?? BROKEN;
  return (
    <div role="alert">
      <EmptyState
        icon={icon}
        title={t(`${kind}.title`)}
        text={t(`${kind}.text`)}
        action={
          <>
            {kind === "broken" && error instanceof Error && <Code dir="auto">{error.message}</Code>}
            {retry !== undefined && <Button onClick={retry}>{t("retry")}</Button>}
          </>
        }
      />
    </div>
  );
}
