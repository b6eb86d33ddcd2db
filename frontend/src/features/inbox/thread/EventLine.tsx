/** What happened to the conversation, as a line between its messages. */

import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import type { TimelineEvent } from "../model/types";
import { useColleagues } from "../sync/useSurroundings";
import classes from "./thread.module.css";

export function EventLine({ event }: { event: TimelineEvent }) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const colleagues = useColleagues();
  const [kind = "", id = ""] = event.actor.split(":");
  const nameOf = (userId: string): string | undefined => colleagues.find((each) => each.id === userId)?.name;
  const actor =
    kind === "member"
      ? (nameOf(id) ?? t("authors.member"))
      : t(`authors.${kind}`, { defaultValue: t("authors.system") });
  const { assignee_id: assigneeId, control } = event.title.params;

  const lines: Readonly<Record<string, () => string>> = {
    CONVERSATION_CLOSED: () => t("events.closed", { actor }),
    CONVERSATION_ASSIGNED: () => {
      if (assigneeId === undefined || assigneeId === "") return t("events.unassigned", { actor });
      if (assigneeId === id) return t("events.tookIt", { actor });
      return t("events.assigned", { actor, assignee: nameOf(assigneeId) ?? t("authors.member") });
    },
    CONVERSATION_CONTROL_CHANGED: () => {
      if (control === "human") return t("events.takenOver", { actor });
      return t(control === "workflow" ? "events.toWorkflow" : "events.toBot", { actor });
    },
  };
  return (
    <div className={classes.middle}>
      <span>{lines[event.type]?.() ?? event.type}</span>
      <time dateTime={event.occurred_at}>{format.time(event.occurred_at)}</time>
    </div>
  );
}
