/** Says in the title of the browser's tab how many conversations are unread. */

import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";
import { useTenant } from "@/lib/session";

import { useCounts } from "../sync/useSurroundings";

export function useUnreadTitle(): void {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const { name } = useTenant();
  const unread = useCounts().data?.unread;
  const count =
    unread === undefined || unread.count === 0
      ? ""
      : `(${format.number(unread.more ? unread.count - 1 : unread.count)}${unread.more ? "+" : ""}) `;
  const title = `${count}${t("title")} · ${name}`;
  useEffect(() => {
    const before = document.title;
    document.title = title;
    return () => {
      document.title = before;
    };
  }, [title]);
}
