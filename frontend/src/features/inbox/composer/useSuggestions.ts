/** What `/` and `@` offer at the caret, and what choosing it writes. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { notifyFailure } from "@/components/feedback";
import { api, call } from "@/lib/api";

import { folded } from "../model/folding";
import { replaced, triggerAt } from "../model/triggers";
import { useColleagues } from "../sync/useSurroundings";
import type { Suggestion } from "./Suggestions";

const MOST = 8;

interface Options {
  readonly conversationId: string;
  readonly text: string;
  readonly caret: number;
  readonly note: boolean;
  /** Puts the text in its place, with the caret there. */
  readonly onWrite: (text: string, caret: number) => void;
}

interface Offer {
  readonly kind: "canned" | "mention" | null;
  readonly suggestions: readonly Suggestion[];
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly pick: (suggestion: Suggestion) => void;
  readonly dismiss: () => void;
}

export function useSuggestions({ conversationId, text, caret, note, onWrite }: Options): Offer {
  const trigger = triggerAt(text, caret, note ? "@/" : "/");
  const [dismissed, setDismissed] = useState<number | null>(null);
  const [[place, active], setPlaced] = useState<readonly [string, number]>(["", 0]);
  const colleagues = useColleagues();
  const canned = useQuery({
    queryKey: ["inbox", "canned"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/inbox/canned-replies/", { signal })),
    staleTime: 60_000,
    enabled: trigger?.sign === "/",
  }).data;

  const open = trigger !== null && dismissed !== trigger.start ? trigger : null;
  const query = folded(open?.query ?? "");
  const offers: Readonly<Record<"/" | "@", () => readonly Suggestion[]>> = {
    "/": () => {
      const begins = (reply: { shortcut: string }): number =>
        Number(!folded(reply.shortcut).startsWith(query));
      return (canned ?? [])
        .filter((reply) => folded(`${reply.shortcut} ${reply.title ?? ""} ${reply.content}`).includes(query))
        .sort((one, other) => begins(one) - begins(other))
        .map(({ id, shortcut, title = "", content }) => {
          return { id, title: `/${shortcut}`, hint: title, text: content };
        });
    },
    "@": () =>
      colleagues
        .filter(({ name }) => folded(name).includes(query))
        .map(({ id, name }) => ({ id, title: name })),
  };
  const suggestions = open === null ? [] : offers[open.sign]().slice(0, MOST);
  const here = open === null ? "" : `${open.sign}${open.start}${query}`;

  async function fillIn(suggestion: Suggestion): Promise<string> {
    if (open?.sign === "@") return `@${suggestion.title} `;
    const answer = await call(
      api.POST("/api/v1/inbox/canned-replies/{id}/render/", {
        params: { path: { id: suggestion.id } },
        body: { conversation_id: conversationId },
      }),
    );
    return answer.text;
  }

  return {
    kind: suggestions.length === 0 || open === null ? null : open.sign === "/" ? "canned" : "mention",
    suggestions,
    active: place === here ? Math.min(active, suggestions.length - 1) : 0,
    setActive: (index) => setPlaced([here, (index + suggestions.length) % Math.max(1, suggestions.length)]),
    pick: (suggestion) => {
      if (open === null) return;
      fillIn(suggestion).then(
        (by) => {
          const next = replaced(text, open, by);
          onWrite(next.text, next.caret);
        },
        (error: unknown) => notifyFailure(error),
      );
    },
    dismiss: () => setDismissed(open?.start ?? null),
  };
}
