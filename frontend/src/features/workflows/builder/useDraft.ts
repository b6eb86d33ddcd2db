/** The draft while it is being edited: its history, and its way to the server and back. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useReducer, useState } from "react";

import {
  historyOf,
  historyReducer,
  placesOf,
  readDocument,
  withPlaces,
  writeDocument,
  type Catalogue,
  type GraphDocument,
  type History,
} from "@/components/graph";
import { api, ApiError, call, type Schema } from "@/lib/api";

import { workflowQuery, type Workflow } from "../queries";
import { forget, keep, kept, type Kept } from "./keeping";
import { Saver, type SaveResult, type SaveState } from "./saver";

export interface Changes {
  name?: string;
  draft?: Record<string, unknown>;
}

export interface Draft {
  readonly document: GraphDocument;
  readonly name: string;
  /** The revision that was read or saved last. */
  readonly revision: number;
  readonly state: SaveState;
  readonly error: unknown;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Changes with the same key that follow closely are undone as one. */
  readonly change: (to: GraphDocument, key?: string) => void;
  readonly rename: (name: string) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Saves what is not saved yet; resolves once that is done, or cannot be done now. */
  readonly flush: () => Promise<SaveState>;
  /** What somebody else has saved meanwhile, if our changes cannot be saved because of it. */
  readonly theirs: Workflow | null;
  readonly takeTheirs: () => void;
  readonly keepMine: () => void;
}

async function save(id: string, changes: Changes, revision: number): Promise<Workflow> {
  // The fields that the client's type asks for beside these have defaults of their own on the server.
  const body = changes as Schema<"PatchedWorkflowRequest">;
  return call(
    api.PATCH("/api/v1/workflow/workflows/{id}/", {
      params: { path: { id }, header: { "If-Match": `"${revision}"` } },
      body,
    }),
  );
}

function reasonOf(error: unknown): "offline" | "conflict" | "refused" {
  if (!(error instanceof ApiError)) return "refused";
  if (error.retryable) return "offline";
  return error.status === 409 ? "conflict" : "refused";
}

/** The saver of a workflow's draft, and what it says. */
function useSaver(workflow: Workflow) {
  const client = useQueryClient();
  const [told, setTold] = useState<{ state: SaveState; error: unknown }>({ state: "saved", error: null });
  const [saver] = useState(() => {
    const made: Saver<Changes> = new Saver<Changes>({
      revision: workflow.revision ?? 1,
      save: async (changes, revision): Promise<SaveResult> => {
        try {
          const saved = await save(workflow.id, changes, revision);
          client.setQueryData(workflowQuery(workflow.id).queryKey, saved);
          return { revision: saved.revision ?? revision };
        } catch (error) {
          return { failed: reasonOf(error), error };
        }
      },
      onState: (state, error) => {
        setTold({ state, error });
        if (state === "saved") forget(workflow.id);
        else if (made.unsaved !== null) keep(workflow.id, { revision: made.revision, changes: made.unsaved });
      },
    });
    return made;
  });
  return { saver, ...told };
}

/** Keeps the window from being closed, and saves when the connection is back or the page is left. */
function useLeaving(saver: Saver<Changes>): void {
  useEffect(() => {
    const again = (): void => void saver.flush();
    const leave = (event: BeforeUnloadEvent): void => {
      if (saver.state === "saved") return;
      void saver.flush();
      event.preventDefault();
    };
    window.addEventListener("online", again);
    window.addEventListener("beforeunload", leave);
    saver.start();
    return () => {
      window.removeEventListener("online", again);
      window.removeEventListener("beforeunload", leave);
      void saver.flush().then(() => saver.stop());
    };
  }, [saver]);
}

/** The latest that the server has, looked at again now and then so that another's changes are seen. */
function useServer(workflow: Workflow, mayWrite: boolean): Workflow {
  const query = useQuery({ ...workflowQuery(workflow.id), refetchInterval: mayWrite ? 15_000 : 60_000 });
  return query.data ?? workflow;
}

/** Edits `workflow`'s draft; what an earlier visit could not save is taken up again. */
export function useDraft(workflow: Workflow, catalogue: Catalogue, mayWrite: boolean): Draft {
  const { saver, state, error } = useSaver(workflow);
  const server = useServer(workflow, mayWrite);
  const [left] = useState(() => (mayWrite ? kept(workflow.id) : null));
  const [name, setName] = useState(left?.changes.name ?? workflow.name);
  const [history, dispatch] = useReducer(historyReducer<GraphDocument>, left, begun);
  useLeaving(saver);

  /** A draft with a place for every card, so that a change of one moves no other. */
  function placed(draft: unknown): GraphDocument {
    const read = readDocument(draft);
    return withPlaces(read, placesOf(read, catalogue));
  }

  /** The history at first: the server's draft, and what an earlier visit could not save as a change of it. */
  function begun(before: Kept | null): History<GraphDocument> {
    const first = historyOf(placed(workflow.draft));
    const draft = before?.changes.draft;
    if (draft === undefined) return first;
    return historyReducer(first, { type: "change", to: placed(draft), key: "", at: 0 });
  }

  function put(to: GraphDocument): void {
    if (mayWrite) saver.change({ draft: writeDocument(to) });
  }

  useEffect(() => {
    if (left === null) return;
    saver.change(left.changes);
    if (left.revision !== saver.revision) saver.block();
  }, [left, saver]);

  const look = useEffectEvent((seen: Workflow) => {
    const revision = seen.revision ?? 0;
    if (revision <= saver.revision) return;
    if (saver.state === "waiting") saver.block();
    if (saver.state !== "saved") return;
    saver.adopt(revision);
    setName(seen.name);
    dispatch({ type: "reset", to: placed(seen.draft) });
  });
  const client = useQueryClient();
  useEffect(() => {
    const cache = client.getQueryCache();
    const { queryKey } = workflowQuery(workflow.id);
    return cache.subscribe(({ query, type }) => {
      if (type !== "updated" || query !== cache.find({ queryKey })) return;
      const seen = client.getQueryData(queryKey);
      if (seen !== undefined) look(seen);
    });
  }, [client, workflow.id]);

  useEffect(() => {
    if (state === "conflict")
      void client.invalidateQueries({ queryKey: workflowQuery(workflow.id).queryKey });
  }, [state, client, workflow.id]);

  return {
    document: history.present,
    name,
    revision: server.revision ?? 1,
    state,
    error,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    change: (to, key = "") => {
      if (to === history.present) return;
      dispatch({ type: "change", to, key, at: Date.now() });
      put(to);
    },
    rename: (to) => {
      setName(to);
      if (mayWrite) saver.change({ name: to });
    },
    undo: () => {
      const before = history.past.at(-1);
      if (before === undefined) return;
      dispatch({ type: "undo" });
      put(before);
    },
    redo: () => {
      const [after] = history.future;
      if (after === undefined) return;
      dispatch({ type: "redo" });
      put(after);
    },
    flush: async () => {
      await saver.flush();
      return saver.state;
    },
    theirs: state === "conflict" && (server.revision ?? 0) > saver.revision ? server : null,
    takeTheirs: () => {
      saver.adopt(server.revision ?? 1);
      setName(server.name);
      dispatch({ type: "reset", to: placed(server.draft) });
    },
    keepMine: () => {
      // All of mine, whatever part of it was not saved: half of each would be nobody's.
      saver.change({ name, draft: writeDocument(history.present) });
      void saver.overwrite(server.revision ?? 1);
    },
  };
}
