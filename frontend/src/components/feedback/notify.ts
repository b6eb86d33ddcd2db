/** Short messages at the edge of the page. */

import { notifications } from "@mantine/notifications";
import i18next from "i18next";

import { ApiError } from "@/lib/api";

/** Something was done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: "teal", withBorder: true, autoClose: 3500 });
}

/** Something that the person asked for did not work: what, and why. */
export function notifyFailure(error: unknown, title?: string): void {
  const offline = error instanceof ApiError && error.status === 0;
  const said = error instanceof Error ? error.message : String(error);
  const message = offline ? i18next.t("offline.text", { ns: "feedback" }) : said;
  notifications.show({ title, message, color: "red", withBorder: true, autoClose: 8000 });
}
