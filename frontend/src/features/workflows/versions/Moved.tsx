/** What became of executions that were to be moved to another version: at once, or as a job goes on. */

import { Button, Group, List, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { JobProgress, useJob } from "@/components/run";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

type Migration = Schema<"Migration">;

const OUTCOMES = ["moved", "left", "exited", "failed"] as const;

interface Props {
  moved: Schema<"Job"> | Migration;
  onClose: () => void;
}

export function Moved({ moved, onClose }: Props) {
  const { t } = useTranslation("workflows");
  const begun = "kind" in moved ? moved : undefined;
  const job = useJob(begun?.id).data ?? begun;
  const result = job === undefined ? moved : job.result;
  return (
    <Stack>
      {job !== undefined && <JobProgress job={job} />}
      <Counts counts={result} />
      <Group justify="flex-end">
        <Button onClick={onClose}>{t("migrate.close")}</Button>
      </Group>
    </Stack>
  );
}

function Counts({ counts }: { counts: Partial<Migration> }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  return (
    <List size="sm" spacing={4}>
      {OUTCOMES.map((outcome) => {
        const count = counts[outcome] ?? 0;
        return (
          <List.Item key={outcome}>
            {t(`migrate.${outcome}`, { count, shown: format.number(count) })}
          </List.Item>
        );
      })}
    </List>
  );
}
