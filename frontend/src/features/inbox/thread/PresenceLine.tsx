/** Which colleagues look at the conversation too, or write in it. */

import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import type { Present } from "../model/presence";
import classes from "./thread.module.css";

export function PresenceLine({ others }: { others: readonly Present[] }) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const names = (doing: Present["doing"]): string[] =>
    others.filter((each) => each.doing === doing).map(({ name }) => name);
  const [typing, viewing] = [names("typing"), names("viewing")];
  const text =
    typing.length > 0
      ? t("presence.typing", { count: typing.length, names: format.list(typing) })
      : t("presence.viewing", { count: viewing.length, names: format.list(viewing) });
  return (
    <div className={classes.presence} role="status">
      {others.length > 0 && <span>{text}</span>}
    </div>
  );
}
