/** What can be done to the chosen contacts, and how far it is. */

import { Button, CloseButton, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconFileDownload, IconTag, IconTrash, IconUsersPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, notifyDone, notifyFailure } from "@/components/feedback";
import { TagPicker } from "@/components/relation";
import { api, call, once, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";

import { JobBar } from "../parts/JobBar";
import { refreshContacts, segmentsQuery, useContactJob } from "../queries";
import type { Chosen } from "./choosing";
import classes from "./list.module.css";

type Action = Schema<"BulkActionRequest">["action"];

interface Props {
  chosen: Chosen;
  onChange: (chosen: Chosen) => void;
  selection: Schema<"SelectionRequest">;
  /** How many match in all, on every page. */
  count: number;
  capped: boolean;
  onExport: () => void;
}

export function BulkBar({ chosen, onChange, selection, count, capped, onExport }: Props) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const client = useQueryClient();
  const mayWrite = useCan("crm:write");
  const [tagging, setTagging] = useState<"add_tag" | "remove_tag" | null>(null);
  const [deleting, deletion] = useDisclosure(false);
  const [optingOut, optOut] = useDisclosure(false);
  const [jobId, setJobId] = useState<string | null>(null);
  const { data: job } = useContactJob(jobId);
  const { data: segments } = useQuery(segmentsQuery);
  const number = chosen.all ? count : chosen.ids.length;
  const shown = format.number(number);
  const begin = useMutation({
    mutationFn: ({ action, config }: { action: Action; config: Record<string, string> }) =>
      call(api.POST("/api/v1/crm/contacts/bulk/", { body: { action, config, selection }, headers: once() })),
    onSuccess: (made) => setJobId(made.id),
    onError: (error) => notifyFailure(error),
    onSettled: () => {
      setTagging(null);
      deletion.close();
      optOut.close();
    },
  });
  const state = job?.state;
  const changed = job?.result.changed ?? 0;
  useEffect(() => {
    if (state === undefined || state === "running") return;
    if (state === "done") notifyDone(t("bulk.done", { count: changed, shown: format.number(changed) }));
    void refreshContacts(client);
    void client.invalidateQueries({ queryKey: ["tags"] });
    void client.invalidateQueries({ queryKey: ["segments"] });
    // Whom it was done to may be gone, or match no more.
    onChange({ ids: [], all: false });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the job ends; the rest is as it was then.
  }, [state]);
  if (job?.state === "running")
    return (
      <div className={classes.bulk}>
        <JobBar job={job} />
      </div>
    );
  return (
    <div className={classes.bulk} role="region" aria-label={t("bulk.title")}>
      <CloseButton aria-label={t("bulk.none")} onClick={() => onChange({ ids: [], all: false })} />
      <Text size="sm" fw={600} aria-live="polite">
        {t("bulk.chosen", { count: number, shown })}
      </Text>
      {!chosen.all && count > chosen.ids.length && (
        <Button variant="subtle" size="compact-sm" onClick={() => onChange({ ...chosen, all: true })}>
          {t(capped ? "bulk.allAtLeast" : "bulk.all", { count, shown: format.number(count) })}
        </Button>
      )}
      <Group gap="xs" ms="auto">
        {mayWrite && (
          <>
            <Button
              variant="default"
              size="xs"
              leftSection={<IconTag size={14} />}
              onClick={() => setTagging("add_tag")}
            >
              {t("bulk.add_tag")}
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" size="xs" leftSection={<IconUsersPlus size={14} />}>
                  {t("bulk.add_to_segment")}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {segments
                  ?.filter(({ kind }) => kind === "static")
                  .map(({ id, name }) => (
                    <Menu.Item
                      key={id}
                      onClick={() => begin.mutate({ action: "add_to_segment", config: { segment: id } })}
                    >
                      <span dir="auto">{name}</span>
                    </Menu.Item>
                  ))}
                {segments?.some(({ kind }) => kind === "static") !== true && (
                  <Menu.Label>{t("bulk.noLists")}</Menu.Label>
                )}
              </Menu.Dropdown>
            </Menu>
          </>
        )}
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" size="xs" aria-label={t("more")}>
              <IconDots size={16} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconFileDownload size={16} stroke={1.6} />} onClick={onExport}>
              {t("export.open")}
            </Menu.Item>
            {mayWrite && (
              <>
                <Menu.Item onClick={() => setTagging("remove_tag")}>{t("bulk.remove_tag")}</Menu.Item>
                <Menu.Item onClick={optOut.open}>{t("bulk.opt_out")}</Menu.Item>
                <Menu.Item
                  color="red"
                  leftSection={<IconTrash size={16} stroke={1.6} />}
                  onClick={deletion.open}
                >
                  {t("bulk.delete")}
                </Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      </Group>
      {tagging !== null && (
        <TagDialog
          title={t(`bulk.${tagging}`)}
          onClose={() => setTagging(null)}
          onChoose={(tag) => begin.mutate({ action: tagging, config: { tag } })}
          loading={begin.isPending}
        />
      )}
      <ConfirmDialog
        opened={deleting}
        onClose={deletion.close}
        title={t("bulk.deleteTitle", { count: number, shown })}
        text={t("bulk.deleteText")}
        confirm={t("bulk.delete")}
        loading={begin.isPending}
        onConfirm={() => begin.mutate({ action: "delete", config: {} })}
      />
      <ConfirmDialog
        opened={optingOut}
        onClose={optOut.close}
        title={t("bulk.optOutTitle", { count: number, shown })}
        text={t("bulk.optOutText")}
        confirm={t("bulk.opt_out")}
        loading={begin.isPending}
        onConfirm={() => begin.mutate({ action: "opt_out", config: {} })}
      />
    </div>
  );
}

interface TagDialogProps {
  title: string;
  onClose: () => void;
  onChoose: (tag: string) => void;
  loading: boolean;
}

function TagDialog({ title, onClose, onChoose, loading }: TagDialogProps) {
  const { t } = useTranslation("contacts");
  const [tags, setTags] = useState<readonly string[]>([]);
  const tag = tags.at(-1);
  return (
    <Modal closeButtonProps={{ "aria-label": t("close") }} opened onClose={onClose} title={title}>
      <Stack>
        {/* Made anew by a choice, which closes its list: one tag is all that is wanted. */}
        <TagPicker
          key={tag}
          value={tag === undefined ? [] : [tag]}
          onChange={setTags}
          label={t("column.tags")}
          placeholder={t("tags.pick")}
        />
        <Group justify="flex-end">
          <Button
            key={tag}
            autoFocus={tag !== undefined}
            disabled={tag === undefined}
            loading={loading}
            onClick={() => tag !== undefined && onChoose(tag)}
          >
            {title}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
