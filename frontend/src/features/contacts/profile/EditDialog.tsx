/** A contact's fields changed in a form made from the schema; what somebody else has changed meanwhile is not lost. */

import { Alert, Button, Modal, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ListSkeleton, notifyDone, notifyFailure } from "@/components/feedback";
import { SchemaForm, type FormValue } from "@/components/schema-form";
import { api, ApiError, call } from "@/lib/api";

import type { Contact } from "../model";
import { contactQuery, refreshContacts, schemaQuery } from "../queries";
import { changesIn, flatSchema, formErrors, rebased, valueFor } from "./form";
import { useFirstError } from "./useFirstError";

export function EditDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation("contacts");
  const client = useQueryClient();
  const { data: schema } = useQuery(schemaQuery);
  // What the form began with stays what it is compared to, whatever the page learns meanwhile.
  const [start, setStart] = useState(contact);
  const [value, setValue] = useState<FormValue>(() => valueFor(contact));
  const save = useMutation({
    mutationFn: (form: FormValue) =>
      call(
        api.PATCH("/api/v1/crm/contacts/{id}/", {
          params: { path: { id: start.id }, header: { "If-Match": `"${start.revision}"` } },
          body: changesIn(valueFor(start), form),
        }),
      ),
    onSuccess: async (saved) => {
      client.setQueryData(contactQuery(saved.id).queryKey, saved);
      await refreshContacts(client);
      notifyDone(t("edit.saved"));
      onClose();
    },
    onError: (error) => {
      if (!(error instanceof ApiError) || (error.status !== 409 && Object.keys(error.fields).length === 0))
        notifyFailure(error);
    },
  });
  const form = useFirstError(save.error);
  const conflict = save.error instanceof ApiError && save.error.code === "contact_changed";
  /** Takes over what the other one wrote, and keeps what was changed here. */
  const rebase = async (): Promise<void> => {
    const fresh = await client.query({ ...contactQuery(start.id), staleTime: 0 });
    setValue(rebased(valueFor(start), value, valueFor(fresh)));
    setStart(fresh);
    save.reset();
  };
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("close") }}
      opened
      onClose={onClose}
      title={t("edit.title")}
      size="lg"
    >
      <Stack ref={form}>
        {conflict && (
          <Alert color="yellow" title={t("edit.conflict")} data-notice tabIndex={-1}>
            <Stack align="start" gap="xs">
              {t("edit.conflictText")}
              <Button size="xs" variant="default" onClick={() => void rebase()}>
                {t("edit.rebase")}
              </Button>
            </Stack>
          </Alert>
        )}
        {schema === undefined ? (
          <ListSkeleton rows={4} />
        ) : (
          <SchemaForm
            schema={flatSchema(schema, (name) => t(`column.${name}`))}
            value={value}
            onChange={setValue}
            onSubmit={(given) => save.mutate(given)}
            submitLabel={t("save")}
            disabled={save.isPending}
            {...(save.error instanceof ApiError && { errors: formErrors(save.error.fields) })}
          />
        )}
      </Stack>
    </Modal>
  );
}
