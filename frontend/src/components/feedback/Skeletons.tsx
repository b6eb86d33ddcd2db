/** The shapes of what is coming, while it is fetched. */

import { Group, Skeleton, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Rows with a round picture and two lines, as in lists of people and conversations. */
export function ListSkeleton({ rows = 8 }: { rows?: number }) {
  const { t } = useTranslation("feedback");
  return (
    <Stack gap="md" p="md" aria-busy="true" aria-label={t("loading")} role="status">
      {Array.from({ length: rows }, (_, row) => (
        <Group key={row} wrap="nowrap">
          <Skeleton circle height={36} style={{ flexShrink: 0 }} />
          <Stack gap={8} flex={1}>
            <Skeleton height={10} width={`${40 + ((row * 17) % 35)}%`} />
            <Skeleton height={8} width={`${60 + ((row * 23) % 35)}%`} />
          </Stack>
        </Group>
      ))}
    </Stack>
  );
}

/** A heading and a few lines: a page before its first data. */
export function PageSkeleton() {
  const { t } = useTranslation("feedback", { useSuspense: false });
  return (
    <Stack gap="lg" p="lg" aria-busy="true" aria-label={t("loading")} role="status">
      <Skeleton height={24} width={220} />
      {[92, 78, 85, 60, 70].map((width) => (
        <Skeleton key={width} height={14} width={`${width}%`} />
      ))}
    </Stack>
  );
}
