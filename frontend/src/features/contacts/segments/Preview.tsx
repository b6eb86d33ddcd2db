/** Whom a rule would choose now: how many, and a few of them. */

import { Alert, Skeleton, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import type { Predicate } from "@/components/predicate";
import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { isEmpty } from "../model";
import { ContactLink } from "../parts/ContactLink";
import classes from "./segments.module.css";

const PAUSE_MS = 400;

export function Preview({ predicate }: { predicate: Predicate | null }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const [settled] = useDebouncedValue(predicate, PAUSE_MS);
  const { data, error } = useQuery({
    queryKey: ["segments", "preview", settled],
    queryFn: ({ signal }) =>
      call(api.POST("/api/v1/crm/segments/preview/", { body: { predicate: settled }, signal })),
    enabled: !isEmpty(settled),
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (isEmpty(predicate))
    return (
      <Text size="sm" c="var(--wasl-muted)">
        {t("segments.previewNone")}
      </Text>
    );
  if (error !== null)
    return (
      <Text size="sm" c="var(--wasl-muted)">
        {t("filter.incomplete")}
      </Text>
    );
  if (data === undefined) return <Skeleton height={120} />;
  const shown = format.number(data.matched);
  return (
    <>
      <div aria-live="polite">
        <div className={classes.number}>{shown}</div>
        <Text size="sm" c="var(--wasl-muted)" mb="sm">
          {data.complete
            ? t("segments.previewOf", { all: format.number(data.scanned) })
            : t("segments.previewNewest", { all: format.number(data.scanned) })}
        </Text>
      </div>
      {data.errors > 0 && (
        <Alert color="yellow" mb="sm">
          {t("segments.errors", { count: data.errors, shown: format.number(data.errors) })}
          <Text size="xs" dir="auto">
            {data.last_error}
          </Text>
        </Alert>
      )}
      {data.sample.map((contact) => (
        <div key={contact.id} className={classes.person}>
          <ContactAvatar name={contact.name} seed={contact.id} size={28} />
          <ContactLink contact={contact} />
        </div>
      ))}
    </>
  );
}
