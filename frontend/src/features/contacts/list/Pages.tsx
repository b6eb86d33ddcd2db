/** From page to page of the table. */

import { ActionIcon, Group, Text } from "@mantine/core";
import { useDirection } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import { PAGE_SIZE } from "../model";

interface Props {
  page: number;
  count: number;
  onChange: (page: number) => void;
}

export function Pages({ page, count, onChange }: Props) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const { dir } = useDirection();
  const [Back, On] =
    dir === "rtl" ? [IconChevronRight, IconChevronLeft] : [IconChevronLeft, IconChevronRight];
  const last = Math.max(1, Math.ceil(count / PAGE_SIZE));
  if (last === 1) return null;
  const from = (page - 1) * PAGE_SIZE + 1;
  const to = Math.min(page * PAGE_SIZE, count);
  return (
    <Group justify="flex-end" gap="xs" mt="sm" component="nav" aria-label={t("list.pages")}>
      <Text size="sm" c="var(--wasl-muted)">
        {t("list.range", { from: format.number(from), to: format.number(to), all: format.number(count) })}
      </Text>
      <ActionIcon
        variant="default"
        size="lg"
        disabled={page <= 1}
        onClick={() => onChange(page - 1)}
        aria-label={t("list.before")}
      >
        <Back size={16} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size="lg"
        disabled={page >= last}
        onClick={() => onChange(page + 1)}
        aria-label={t("list.after")}
      >
        <On size={16} />
      </ActionIcon>
    </Group>
  );
}
