/** One template: what it does, what it says, what it needs; and the form that makes a workflow of it. */

import { Group, Modal, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure, PageSkeleton } from "@/components/feedback";
import { GraphCanvas, readDocument, useCatalogue } from "@/components/graph";
import { MessageBubble } from "@/components/run";
import type { FormValue } from "@/components/schema-form";
import { api, call, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { templateQuery } from "../queries";
import workflowClasses from "../workflows.module.css";
import { ActivationForm } from "./ActivationForm";
import { Facts } from "./Facts";
import classes from "./gallery.module.css";
import { samplesOf } from "./samples";

interface Props {
  slug: string;
  onClose: () => void;
}

export function TemplateDialog({ slug, onClose }: Props) {
  const { t, i18n } = useTranslation("workflows");
  const isNarrow = useMediaQuery("(max-width: 62em)");
  const template = useQuery(templateQuery(slug, i18n.language));
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("migrate.close") }}
      opened
      onClose={onClose}
      size="72rem"
      fullScreen={isNarrow}
      title={<span dir="auto">{template.data?.name}</span>}
    >
      {template.isError && <Failure error={template.error} retry={() => void template.refetch()} />}
      {template.isPending && <PageSkeleton />}
      {template.isSuccess && <Template template={template.data} />}
    </Modal>
  );
}

function Template({ template }: { template: Schema<"TemplateDetail"> }) {
  const { i18n } = useTranslation("workflows");
  const [value, setValue] = useState<FormValue>({});
  const asked = useDeferredValue(value);
  const preview = useQuery({
    queryKey: ["workflow-templates", i18n.language, template.slug, "preview", asked],
    queryFn: ({ signal }) =>
      call(
        api.POST("/api/v1/workflow/templates/{slug}/preview/", {
          params: { path: { slug: template.slug } },
          body: { parameters: asked, language: i18n.language },
          signal,
        }),
      ),
    placeholderData: (before) => before,
    retry: false,
  });
  return (
    <div className={classes.columns}>
      <Stack>
        <Text dir="auto">{template.description}</Text>
        <Facts template={template} />
        <Looks document={preview.data?.workflow} cost={preview.data?.estimated_cost} />
      </Stack>
      <ActivationForm template={template} preview={preview.data} value={value} onChange={setValue} />
    </div>
  );
}

interface LooksProps {
  /** The workflow as it would be; undefined until it is there. */
  document: unknown;
  cost: Schema<"Cost"> | undefined;
}

function Looks({ document, cost }: LooksProps) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const catalogue = useCatalogue().data;
  if (document === undefined) return <PageSkeleton />;
  const samples = catalogue === undefined ? [] : samplesOf(readDocument(document).nodes, catalogue.blocks);
  return (
    <>
      <div className={workflowClasses.graph} data-size="small">
        <GraphCanvas document={document} label={t("gallery.graph")} minimap={false} />
      </div>
      {samples.length > 0 && (
        <section>
          <Title order={3} size="h6" mb="xs">
            {t("gallery.messages")}
          </Title>
          <div className={classes.phone}>
            {samples.map(({ node, message }) => (
              <MessageBubble key={node} message={message} isSample />
            ))}
          </div>
        </section>
      )}
      {cost !== undefined && cost.lines.length > 0 && (
        <Group gap="xs">
          {cost.total > 0 && (
            <Text size="sm">{t("gallery.costOfOne", { cost: format.money(cost.total, cost.currency) })}</Text>
          )}
          {!cost.complete && (
            <Text size="sm" c="var(--wasl-muted)">
              {t("gallery.costIncomplete")}
            </Text>
          )}
        </Group>
      )}
    </>
  );
}
