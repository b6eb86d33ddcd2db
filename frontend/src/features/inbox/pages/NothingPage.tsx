/** Beside the list, while no conversation is open. */

import { Kbd, Text } from "@mantine/core";
import { IconMessages } from "@tabler/icons-react";
import { Trans, useTranslation } from "react-i18next";

import { EmptyState } from "@/components/feedback";

export function NothingPage() {
  const { t } = useTranslation("inbox");
  return (
    <EmptyState
      icon={IconMessages}
      title={t("thread.choose")}
      action={
        <Text size="sm" c="var(--wasl-muted)">
          <Trans t={t} i18nKey="thread.chooseKeys" components={{ key: <Kbd /> }} />
        </Text>
      }
    />
  );
}
