/** What can be done with a workflow of the list: switched, copied, deleted. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { notifyDone, notifyFailure } from "@/components/feedback";
import { api, call, once, type Schema } from "@/lib/api";

import { type WorkflowName, WORKFLOWS } from "../queries";

const LIST = [...WORKFLOWS, "list"];
type Listed = Schema<"PaginatedWorkflowNameList">;

function withStatus(
  page: Listed | undefined,
  id: string,
  status: WorkflowName["status"],
): Listed | undefined {
  return (
    page && { ...page, results: page.results.map((each) => (each.id === id ? { ...each, status } : each)) }
  );
}

/** Activates or pauses, and shows it at once; what the API refuses is taken back and said. */
export function useSwitch(workflow: WorkflowName) {
  const { t } = useTranslation("workflows");
  const client = useQueryClient();
  const path = { id: workflow.id };
  const on = workflow.status !== "active";
  return useMutation({
    mutationFn: () =>
      on
        ? call(api.POST("/api/v1/workflow/workflows/{id}/activate/", { params: { path } }))
        : call(api.POST("/api/v1/workflow/workflows/{id}/pause/", { params: { path } })),
    onMutate: async () => {
      await client.cancelQueries({ queryKey: LIST });
      const before = client.getQueriesData<Listed>({ queryKey: LIST });
      client.setQueriesData<Listed>({ queryKey: LIST }, (page) =>
        withStatus(page, workflow.id, on ? "active" : "paused"),
      );
      return { before };
    },
    onError: (error, _, context) => {
      context?.before.forEach(([key, page]) => client.setQueryData(key, page));
      notifyFailure(error, t(on ? "list.notActivated" : "list.notPaused", { name: workflow.name }));
    },
    onSuccess: () => notifyDone(t(on ? "list.activated" : "list.paused", { name: workflow.name })),
    onSettled: () => client.invalidateQueries({ queryKey: WORKFLOWS }),
  });
}

/** Makes a draft with the same document, and opens it. */
export function useDuplicate(workflow: WorkflowName) {
  const { t } = useTranslation("workflows");
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      const { draft, description } = await call(
        api.GET("/api/v1/workflow/workflows/{id}/", { params: { path: { id: workflow.id } } }),
      );
      const name = t("list.copyOf", { name: workflow.name }).slice(0, 120);
      return call(
        api.POST("/api/v1/workflow/workflows/", {
          params: { header: once() },
          body: { name, draft, ...(description !== undefined && { description }) },
        }),
      );
    },
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: WORKFLOWS });
      await navigate({ to: "/workflows/$workflowId", params: { workflowId: made.id } });
    },
    onError: (error) => notifyFailure(error),
  });
}

export function useDelete(workflow: WorkflowName, done: () => void) {
  const { t } = useTranslation("workflows");
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call(api.DELETE("/api/v1/workflow/workflows/{id}/", { params: { path: { id: workflow.id } } })),
    onSuccess: async () => {
      done();
      notifyDone(t("list.deleted", { name: workflow.name }));
      await client.invalidateQueries({ queryKey: WORKFLOWS });
    },
    onError: (error) => notifyFailure(error),
  });
}
