/** What can be done with an execution: tried again, begun again from a step, ended. */

import { Button } from "@mantine/core";
import { IconBan, IconPlayerTrackNext, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, notifyDone, notifyFailure } from "@/components/feedback";
import { isUnderWay } from "@/components/run";
import { api, call } from "@/lib/api";
import { useCan } from "@/lib/session";

import { type ExecutionDetail, EXECUTIONS } from "../queries";
import { RetryFromDialog } from "./RetryFromDialog";

function useDeeds(execution: ExecutionDetail) {
  const { t } = useTranslation("executions");
  const client = useQueryClient();
  const path = { id: execution.id };
  const settle = {
    onSuccess: (changed: ExecutionDetail) => client.setQueryData([...EXECUTIONS, execution.id], changed),
    onError: (error: Error) => notifyFailure(error),
    onSettled: () => client.invalidateQueries({ queryKey: EXECUTIONS }),
  };
  const cancel = useMutation({
    ...settle,
    mutationFn: () =>
      call(api.POST("/api/v1/workflow/workflow-executions/{id}/cancel/", { params: { path } })),
  });
  const retry = useMutation({
    ...settle,
    mutationFn: async () => {
      const changed = await call(
        api.POST("/api/v1/workflow/workflow-executions/{id}/retry/", { params: { path } }),
      );
      notifyDone(t("one.retried"));
      return changed;
    },
  });
  return { cancel, retry };
}

export function Deeds({ execution }: { execution: ExecutionDetail }) {
  const { t } = useTranslation("executions");
  const mayWrite = useCan("workflow:write");
  const [open, setOpen] = useState<"cancel" | "from" | null>(null);
  const { cancel, retry } = useDeeds(execution);
  if (!mayWrite) return null;
  const close = (): void => setOpen(null);
  return (
    <>
      {isUnderWay(execution.state) ? (
        <Button
          variant="default"
          leftSection={<IconBan size={16} stroke={1.6} />}
          onClick={() => setOpen("cancel")}
        >
          {t("one.cancel")}
        </Button>
      ) : (
        execution.parent === null && (
          <Button
            variant="default"
            leftSection={<IconPlayerTrackNext size={16} stroke={1.6} />}
            onClick={() => setOpen("from")}
          >
            {t("one.retryFrom")}
          </Button>
        )
      )}
      {execution.state === "failed" && execution.parent === null && (
        <Button
          leftSection={<IconRefresh size={16} stroke={1.6} />}
          onClick={() => retry.mutate()}
          loading={retry.isPending}
        >
          {t("one.retry")}
        </Button>
      )}
      <ConfirmDialog
        opened={open === "cancel"}
        onClose={close}
        title={t("one.cancelTitle")}
        text={t("one.cancelText")}
        confirm={t("one.cancel")}
        onConfirm={() => cancel.mutate(undefined, { onSuccess: close })}
        loading={cancel.isPending}
      />
      <RetryFromDialog execution={execution} node={execution.node} opened={open === "from"} onClose={close} />
    </>
  );
}
