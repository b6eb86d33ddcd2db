/** What keeps a workflow from being published, place by place. */

import { Alert, List } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

export function Problems({ problems }: { problems: readonly Schema<"Problem">[] }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const count = problems.length;
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} stroke={1.6} />}
      title={t("publish.problems", { count, shown: format.number(count) })}
    >
      <List size="sm" spacing={4}>
        {problems.map(({ place, message }) => (
          <List.Item key={`${place}:${message}`}>
            {place !== "" && <code className="ltr">{place}</code>} <span dir="auto">{message}</span>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
