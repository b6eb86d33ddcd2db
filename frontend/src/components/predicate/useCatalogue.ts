/** The catalogue of fields and operators, and what each is called in the reader's language. */

import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { api, call } from "@/lib/api";
import { useCan } from "@/lib/session";

import { type Catalogue, catalogueOf, type Field } from "./catalogue";

/** Most custom fields that a workspace may have. */
const ALL = 200;

export function useCatalogue(eventType: string | undefined): Catalogue {
  const canSee = useCan("crm:read");
  const { data: served } = useSuspenseQuery({
    queryKey: ["workflow", "fields"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/workflow/fields/", { signal })),
    staleTime: 300_000,
  });
  const { data: own } = useQuery({
    queryKey: ["crm", "fields", "all"],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/crm/fields/", { params: { query: { page_size: ALL } }, signal })),
    enabled: canSee,
    staleTime: 60_000,
  });
  return useMemo(
    () =>
      catalogueOf(served, {
        eventType,
        own: own?.results.map(({ slug, label, type, choices }) => ({
          slug,
          label,
          type,
          choices: choices ?? [],
        })),
      }),
    [served, own, eventType],
  );
}

/** Titles of fields and of the roots that they lie below: translated where they are Wasl's own, else as they were given. */
export function useTitles(catalogue: Catalogue) {
  const { t } = useTranslation("predicate");
  return useMemo(() => {
    const labels = new Map(catalogue.fields.map(({ path, label }) => [path, label]));
    const title = (path: string): string =>
      t(`fields.${path.replaceAll(".", "_")}`, { defaultValue: labels.get(path) ?? path });
    const root = (field: Pick<Field, "path">): string => {
      const [first = ""] = field.path.split(".", 1);
      return t(`roots.${first}`, { defaultValue: first });
    };
    return { title, root };
  }, [catalogue, t]);
}
