/** Contacts written to a file: which columns, then how far it is, then the file. */

import { Anchor, Button, Checkbox, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, call, once, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import type { Column } from "../model";
import { JobBar } from "../parts/JobBar";
import { useColumnLabel } from "../parts/useColumnLabel";
import { exportQuery } from "../queries";
import classes from "./transfer.module.css";

interface Props {
  columns: readonly Column[];
  /** Those that the table shows: chosen to begin with. */
  shown: readonly Column[];
  selection: Schema<"SelectionRequest">;
  count: number;
  onClose: () => void;
}

type Delimiter = Schema<"NewExportRequest">["delimiter"];

export function ExportDialog({ columns, shown, selection, count, onClose }: Props) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const labelOf = useColumnLabel();
  const [keys, setKeys] = useState(() => shown.map(({ key }) => key));
  const [delimiter, setDelimiter] = useState<Delimiter>(",");
  const [key] = useState(once);
  const begin = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/v1/crm/exports/", {
          // In the order in which the table offers them, not in that of the clicks.
          body: {
            selection,
            delimiter,
            columns: columns.flatMap((each) => (keys.includes(each.key) ? each.key : [])),
          },
          headers: key,
        }),
      ),
    onError: (error) => notifyFailure(error),
  });
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("close") }}
      opened
      onClose={onClose}
      title={t("export.title", { count, shown: format.number(count) })}
      size="lg"
    >
      {begin.data === undefined ? (
        <Stack>
          <Checkbox.Group label={t("export.columns")} value={keys} onChange={setKeys}>
            <div className={classes.columns}>
              {columns.map((column) => (
                <Checkbox
                  key={column.key}
                  value={column.key}
                  size="sm"
                  label={<span dir="auto">{labelOf(column)}</span>}
                />
              ))}
            </div>
          </Checkbox.Group>
          <Radio.Group
            label={t("export.delimiter")}
            value={delimiter}
            onChange={(value) => setDelimiter(value === ";" || value === "\t" ? value : ",")}
          >
            <Group mt="xs">
              <Radio value="," label={t("export.comma")} />
              <Radio value=";" label={t("export.semicolon")} />
              <Radio value={"\t"} label={t("export.tab")} />
            </Group>
          </Radio.Group>
          <Text size="sm" c="var(--wasl-muted)">
            {t("export.hint")}
          </Text>
          <Group justify="flex-end">
            <Button onClick={() => begin.mutate()} loading={begin.isPending} disabled={keys.length === 0}>
              {t("export.begin")}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Running id={begin.data.id} />
      )}
    </Modal>
  );
}

function Running({ id }: { id: string }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const { data } = useQuery(exportQuery(id));
  const job = data?.job;
  if (data === undefined || !job) return null;
  return (
    <Stack>
      <JobBar job={job} />
      {job.state === "done" && (
        <Group justify="space-between">
          <Text size="sm" c="var(--wasl-muted)">
            {t("export.until", { date: format.dateTime(data.expires_at) })}
          </Text>
          <Anchor href={`/api/v1/crm/exports/${id}/download/`} download={data.filename} underline="never">
            <Button component="span" leftSection={<IconDownload size={16} />}>
              {t("export.download")}
            </Button>
          </Anchor>
        </Group>
      )}
    </Stack>
  );
}
