/** The contact's fields, changed in place: by pressing one. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, ApiError, call, type Schema } from "@/lib/api";
import { useCan } from "@/lib/session";

import { InlineValue, type Value } from "./InlineValue";
import classes from "./panel.module.css";

type Contact = Schema<"ContactDetail">;

const OWN = ["name", "phone", "email"] as const;

export function ContactFields({ contact }: { contact: Contact }) {
  const { t } = useTranslation("inbox");
  const client = useQueryClient();
  const canWrite = useCan("crm:write");
  const key = ["contacts", contact.id];
  const fields =
    useQuery({
      queryKey: ["fields"],
      queryFn: ({ signal }) =>
        call(api.GET("/api/v1/crm/fields/", { params: { query: { page_size: 200 } }, signal })),
      staleTime: 60_000,
    }).data?.results ?? [];
  const save = useMutation({
    mutationFn: (change: Schema<"PatchedContactInputRequest">) =>
      call(api.PATCH("/api/v1/crm/contacts/{id}/", { params: { path: { id: contact.id } }, body: change })),
    onSuccess: (saved) => {
      client.setQueryData(key, saved);
      void client.invalidateQueries({ queryKey: ["inbox", "conversation"] });
    },
    onError: (error) => {
      const said = error instanceof ApiError ? Object.values(error.fields)[0]?.[0] : undefined;
      notifyFailure(said === undefined ? error : new Error(said));
    },
  });

  return (
    <dl className={classes.fields}>
      {OWN.map((field) => (
        <Row key={field} label={t(`fields.${field}`)}>
          <InlineValue
            label={t(`fields.${field}`)}
            type="text"
            value={contact[field]}
            canWrite={canWrite}
            ltr={field !== "name"}
            onSave={(value) => save.mutateAsync({ [field]: value ?? "" })}
          />
        </Row>
      ))}
      {fields.map(({ slug, label, type, choices }) => (
        <Row key={slug} label={label}>
          <InlineValue
            label={label}
            type={type}
            choices={choices ?? []}
            value={contact.custom[slug] ?? null}
            canWrite={canWrite}
            onSave={(value: Value) => save.mutateAsync({ custom: { [slug]: value } })}
          />
        </Row>
      ))}
    </dl>
  );
}

function Row({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <>
      <dt dir="auto">{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
