/** Publishes a draft as it was looked at, and does what is to follow: switching on, moving who waits. */

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, call, once, type Schema } from "@/lib/api";

import { WORKFLOWS } from "../queries";
import type { Fate } from "./Standing";

export interface Wishes {
  readonly note: string;
  readonly activate: boolean;
  readonly fate: Fate;
  /** The revision that was looked at: nothing else is published. */
  readonly revision: number;
}

export interface Published {
  readonly version: Schema<"Version">;
  /** The job that moves executions, when there are many; what was moved, when there are few. */
  readonly moved: Schema<"Job"> | Schema<"Migration"> | null;
}

export function usePublish(workflowId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ note, activate, fate, revision }: Wishes): Promise<Published> => {
      const path = { id: workflowId };
      const version = await call(
        api.POST("/api/v1/workflow/workflows/{id}/publish/", {
          params: { path, header: { "If-Match": `"${revision}"` } },
          body: { note },
        }),
      );
      if (activate) await call(api.POST("/api/v1/workflow/workflows/{id}/activate/", { params: { path } }));
      if (fate === "stay") return { version, moved: null };
      const moved = await call(
        api.POST("/api/v1/workflow/workflows/{workflow_id}/migrate/", {
          params: { path: { workflow_id: workflowId }, header: once() },
          body: { from: "all", to: "active", missing: "leave", retime: false },
        }),
      );
      return { version, moved };
    },
    // Also after a failure: the draft may be published though switching on was refused.
    onSettled: () => client.invalidateQueries({ queryKey: WORKFLOWS }),
  });
}
