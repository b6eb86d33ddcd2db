/** What happened last to and with the contact. */

import { Anchor, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import classes from "./panel.module.css";

const SHOWN = 12;

/** `TAG_ADDED` as people write: "Tag added". For types that have no words here: a tenant's own. */
function plain(type: string): string {
  const words = type.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function RecentEvents({ contactId }: { contactId: string }) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const rows = useQuery({
    queryKey: ["contacts", contactId, "timeline", "recent"],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/crm/contacts/{id}/timeline/", {
          params: { path: { id: contactId }, query: { limit: SHOWN } },
          signal,
        }),
      ),
  }).data?.results;
  if (rows === undefined) return <Skeleton height={80} />;
  return (
    <>
      {rows.map(({ id, type, title, occurred_at: at }) => (
        <div key={id} className={classes.row}>
          <span dir="auto">{t(`happened.${type}`, { defaultValue: plain(type) })}</span>
          <span className={classes.rowMore}>
            {title.params.tag !== undefined && <bdi>{title.params.tag}</bdi>}
            {format.relative(at)}
          </span>
        </div>
      ))}
      <Anchor href={`/contacts/${contactId}`} size="xs">
        {t("panel.wholeTimeline")}
      </Anchor>
    </>
  );
}
