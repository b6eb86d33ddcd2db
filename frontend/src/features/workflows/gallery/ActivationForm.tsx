/** The form drawn from a template's parameters: it makes a draft, or a workflow that runs at once. */

import { Button, Group, Stack, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { type FormValue, SchemaForm } from "@/components/schema-form";
import { api, ApiError, call, type FieldErrors, once, type Schema } from "@/lib/api";
import { useCan } from "@/lib/session";

import { Problems } from "../publish/Problems";
import { WORKFLOWS } from "../queries";
import { isLacking, Lacks } from "./Lacks";
import { Made } from "./Made";

const PREFIX = "parameters.";

/** The errors of the parameters, by their own names. */
function ofParameters(fields: FieldErrors): FieldErrors {
  return Object.fromEntries(
    Object.entries(fields).map(([field, said]) => [
      field.startsWith(PREFIX) ? field.slice(PREFIX.length) : field,
      said,
    ]),
  );
}

interface Props {
  template: Schema<"TemplateDetail">;
  /** With the values of the form; undefined until it is there. */
  preview: Schema<"TemplatePreview"> | undefined;
  value: FormValue;
  onChange: (value: FormValue) => void;
}

export function ActivationForm({ template, preview, value, onChange }: Props) {
  const { t, i18n } = useTranslation("workflows");
  const client = useQueryClient();
  const mayWrite = useCan("workflow:write");
  const [name, setName] = useState("");
  const [key] = useState(() => crypto.randomUUID());
  const make = useMutation({
    mutationFn: (activate: boolean) =>
      call(
        api.POST("/api/v1/workflow/templates/{slug}/instantiate/", {
          params: { path: { slug: template.slug }, header: once(`${key}:${activate ? "active" : "draft"}`) },
          body: { name, parameters: value, activate, language: i18n.language },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: WORKFLOWS }),
    onError: (error) => {
      if (!(error instanceof ApiError) || Object.keys(error.fields).length === 0) notifyFailure(error);
    },
  });
  if (make.isSuccess) return <Made made={make.data} />;
  const errors = make.error instanceof ApiError ? ofParameters(make.error.fields) : {};
  const isReady = preview !== undefined && preview.problems.length === 0 && !isLacking(preview.lacks);
  const hasParameters = Object.keys(preview?.parameters ?? {}).length > 0;
  return (
    <Stack>
      <Title order={3} size="h6">
        {t("gallery.make")}
      </Title>
      <TextInput
        label={t("new.name")}
        placeholder={template.name}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={errors.name?.join(" ")}
        maxLength={120}
        dir="auto"
      />
      {preview !== undefined && hasParameters && (
        <SchemaForm
          schema={template.parameters}
          value={{ ...preview.parameters, ...value }}
          onChange={onChange}
          errors={errors}
          disabled={!mayWrite}
        />
      )}
      {preview !== undefined && preview.problems.length > 0 && <Problems problems={preview.problems} />}
      {preview !== undefined && <Lacks lacks={preview.lacks} />}
      {mayWrite && (
        <Group justify="flex-end">
          <Button
            variant={isReady ? "default" : "filled"}
            onClick={() => make.mutate(false)}
            loading={make.isPending && !make.variables}
          >
            {t("gallery.makeDraft")}
          </Button>
          {isReady && (
            <Button onClick={() => make.mutate(true)} loading={make.isPending && make.variables}>
              {t("gallery.makeActive")}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}
