/** Where an execution stands, or why it ended as it did, in a line. */

import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import type { Execution } from "./queries";

/** `greet: NoAddressError: The contact…` without the names that only programmers know. */
export function plainError(error: string): string {
  return error.replace(/^(?:[a-z][\w-]*: )?(?:\w*(?:Error|Exception): )?/, "");
}

export function useReasons(): (execution: Execution) => string {
  const { t, i18n } = useTranslation("executions");
  const format = useFormat();
  return (execution) => {
    const { state, error, node, exit_reason: reason, version_number: number } = execution;
    if (error !== "") return plainError(error);
    if (reason !== "") {
      return i18n.exists(`exit.${reason}`, { ns: "executions" })
        ? t(`exit.${reason}`)
        : reason.replaceAll("_", " ");
    }
    if (node !== "") return t(state === "cancelled" ? "one.cancelledAt" : "one.standsAt", { node });
    return t("one.version", { number: format.number(number) });
  };
}
