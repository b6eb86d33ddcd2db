/** A contact entered by hand. */

import { Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ListSkeleton, notifyFailure } from "@/components/feedback";
import { SchemaForm, type FormValue } from "@/components/schema-form";
import { api, ApiError, call, once } from "@/lib/api";

import { refreshContacts, schemaQuery } from "../queries";
import { changesIn, flatSchema, formErrors } from "./form";
import { useFirstError } from "./useFirstError";

interface Props {
  opened: boolean;
  onClose: () => void;
}

export function NewContactDialog({ opened, onClose }: Props) {
  const { t } = useTranslation("contacts");
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("close") }}
      opened={opened}
      onClose={onClose}
      title={t("new.open")}
      size="lg"
    >
      {opened && <NewContactForm />}
    </Modal>
  );
}

function NewContactForm() {
  const { t } = useTranslation("contacts");
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: schema } = useQuery(schemaQuery);
  const [value, setValue] = useState<FormValue>({});
  const [key, setKey] = useState(once);
  const create = useMutation({
    mutationFn: (form: FormValue) =>
      call(api.POST("/api/v1/crm/contacts/", { body: changesIn({}, form), headers: key })),
    onSuccess: async (made) => {
      await refreshContacts(client);
      await navigate({ to: "/contacts/$contactId", params: { contactId: made.id } });
    },
    onError: (error) => {
      setKey(once());
      if (!(error instanceof ApiError) || Object.keys(error.fields).length === 0) notifyFailure(error);
    },
  });
  const form = useFirstError(create.error);
  if (schema === undefined) return <ListSkeleton rows={4} />;
  return (
    <div ref={form}>
      <SchemaForm
        schema={flatSchema(schema, (name) => t(`column.${name}`))}
        value={value}
        onChange={setValue}
        onSubmit={(given) => create.mutate(given)}
        submitLabel={t("new.create")}
        disabled={create.isPending}
        {...(create.error instanceof ApiError && { errors: formErrors(create.error.fields) })}
      />
    </div>
  );
}
