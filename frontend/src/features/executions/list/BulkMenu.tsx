/** What can be done to all executions that the filters choose: tried again, or ended. */

import { Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { IconBan, IconChevronDown, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { JobProgress, useJob } from "@/components/run";
import { api, call, once } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { countQuery, EXECUTIONS, filtersOf } from "../queries";
import type { ExecutionsSearch, ExecutionState } from "../searches";

type Deed = "retry" | "cancel";

/** The states in which a deed finds something to do. */
const STATES: Readonly<Record<Deed, readonly ExecutionState[]>> = {
  retry: ["failed"],
  cancel: ["running", "waiting"],
};

function narrowed(search: ExecutionsSearch, deed: Deed): ExecutionsSearch | null {
  const state = STATES[deed].filter((each) => search.state === undefined || search.state.includes(each));
  return state.length === 0 ? null : { ...search, state };
}

export function BulkMenu({ search }: { search: ExecutionsSearch }) {
  const { t } = useTranslation("executions");
  const [deed, setDeed] = useState<Deed | null>(null);
  const chosen = deed === null ? null : narrowed(search, deed);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} />}>
            {t("bulk.button")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconRefresh size={16} />}
            disabled={narrowed(search, "retry") === null}
            onClick={() => setDeed("retry")}
          >
            {t("bulk.retry")}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconBan size={16} />}
            disabled={narrowed(search, "cancel") === null}
            onClick={() => setDeed("cancel")}
          >
            {t("bulk.cancel")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        closeButtonProps={{ "aria-label": t("bulk.close") }}
        opened={chosen !== null}
        onClose={() => setDeed(null)}
        title={deed !== null && t(`bulk.${deed}`)}
      >
        {deed !== null && chosen !== null && (
          <Bulk deed={deed} search={chosen} onClose={() => setDeed(null)} />
        )}
      </Modal>
    </>
  );
}

interface Props {
  deed: Deed;
  search: ExecutionsSearch;
  onClose: () => void;
}

function Bulk({ deed, search, onClose }: Props) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const client = useQueryClient();
  const [key] = useState(() => once());
  const { data: count } = useQuery(countQuery(search));
  const begin = useMutation({
    mutationFn: () => {
      const given = { params: { header: key }, body: { filters: filtersOf(search), all: false } };
      return deed === "retry"
        ? call(api.POST("/api/v1/workflow/workflow-executions/bulk_retry/", given))
        : call(api.POST("/api/v1/workflow/workflow-executions/bulk_cancel/", given));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs"] }),
    onError: (error) => notifyFailure(error),
  });
  const job = useJob(begin.data?.id).data ?? begin.data;
  if (job !== undefined) {
    return (
      <Stack>
        <JobProgress job={job} />
        <Group justify="flex-end">
          <Button
            onClick={() => {
              void client.invalidateQueries({ queryKey: EXECUTIONS });
              onClose();
            }}
          >
            {t("bulk.close")}
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack>
      <Text size="sm">
        {count === undefined
          ? t("bulk.counting")
          : t(`bulk.${deed}Text`, { count, shown: format.number(count) })}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("bulk.back")}
        </Button>
        <Button
          color={deed === "cancel" ? "red" : undefined}
          disabled={count === undefined || count === 0}
          loading={begin.isPending}
          onClick={() => begin.mutate()}
        >
          {t(`bulk.${deed}`)}
        </Button>
      </Group>
    </Stack>
  );
}
