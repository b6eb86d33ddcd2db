/** Contacts from files: a new file, and those of before with their reports. */

import { Button, Text } from "@mantine/core";
import { Dropzone, MIME_TYPES } from "@mantine/dropzone";
import { IconFileSpreadsheet, IconUpload } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ListSkeleton, notifyFailure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { StateLabel } from "@/components/run";
import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { importQuery, importsQuery } from "../queries";
import classes from "./transfer.module.css";

const MOST_BYTES = 50 * 1024 ** 2;
const TYPES = [MIME_TYPES.csv, "text/plain", "text/tab-separated-values", "application/vnd.ms-excel"];

export function ImportsPage() {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: imports } = useQuery(importsQuery);
  const upload = useMutation({
    mutationFn: (file: File) => {
      const form = new FormData();
      form.append("file", file);
      return call(
        // The document says that a file is text; the form carries the file itself.
        api.POST("/api/v1/crm/imports/", { body: { file: file.name }, bodySerializer: () => form }),
      );
    },
    onSuccess: async (made) => {
      client.setQueryData(importQuery(made.id).queryKey, made);
      await navigate({ to: "/contacts/import/$importId", params: { importId: made.id } });
    },
    onError: (error) => notifyFailure(error),
  });
  return (
    <Page width="text">
      <PageHeader title={t("import.title")} text={t("import.text")}>
        <Button variant="default" renderRoot={(props) => <Link to="/contacts" {...props} />}>
          {t("back")}
        </Button>
      </PageHeader>
      <Dropzone
        className={classes.drop ?? ""}
        accept={TYPES}
        maxFiles={1}
        multiple={false}
        maxSize={MOST_BYTES}
        loading={upload.isPending}
        onDrop={([file]) => file !== undefined && upload.mutate(file)}
        onReject={() => notifyFailure(new Error(t("import.rejected")))}
        inputProps={{ "aria-label": t("import.choose") }}
      >
        <IconUpload size={34} stroke={1.4} aria-hidden />
        <Text fw={600} mt="sm">
          {t("import.drop")}
        </Text>
        <Text size="sm" c="var(--wasl-muted)" mt={4}>
          {t("import.limits")}
        </Text>
      </Dropzone>
      <Text component="h2" fw={600} size="sm" mt="xl" mb="xs">
        {t("import.before")}
      </Text>
      {imports === undefined ? (
        <ListSkeleton rows={3} />
      ) : imports.length === 0 ? (
        <Text size="sm" c="var(--wasl-muted)">
          {t("import.noneBefore")}
        </Text>
      ) : (
        imports.map((each) => (
          <div key={each.id} className={classes.row}>
            <IconFileSpreadsheet size={20} stroke={1.5} aria-hidden />
            <Link
              to="/contacts/import/$importId"
              params={{ importId: each.id }}
              className={classes.link}
              dir="auto"
            >
              {each.filename}
            </Link>
            <Text size="sm" c="var(--wasl-muted)">
              {t("import.rows", { count: each.rows, shown: format.number(each.rows) })}
            </Text>
            {each.run_job !== null && <StateLabel state={each.run_job.state} />}
            <Text size="sm" c="var(--wasl-muted)">
              {format.relative(each.created_at)}
            </Text>
          </div>
        ))
      )}
    </Page>
  );
}
