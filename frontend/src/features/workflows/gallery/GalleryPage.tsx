/** The template gallery: ready-made workflows by category, each to be looked at and made one's own. */

import { Button, Chip, Group, SimpleGrid, Text, TextInput, Title } from "@mantine/core";
import { IconLayoutGrid, IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, PageSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import type { Schema } from "@/lib/api";
import { useCan } from "@/lib/session";

import { NewWorkflow } from "../list/NewWorkflow";
import { templatesQuery } from "../queries";
import { gallerySearch } from "../searches";
import { categoriesOf, matching } from "./grouping";
import { TemplateCard } from "./TemplateCard";
import { TemplateDialog } from "./TemplateDialog";

const FROM = "/shell/workflows/templates";
const ALL = "";

export function GalleryPage() {
  const { t } = useTranslation("workflows");
  const mayWrite = useCan("workflow:write");
  return (
    <Page>
      <PageHeader title={t("gallery.title")} text={t("gallery.text")}>
        <Button variant="default" renderRoot={(props) => <Link to="/workflows" {...props} />}>
          {t("gallery.yours")}
        </Button>
        {mayWrite && <NewWorkflow />}
      </PageHeader>
      <Gallery />
    </Page>
  );
}

function useSearchChange(): (change: Record<string, unknown>) => void {
  const navigate = useNavigate();
  return (change) =>
    void navigate({
      to: "/workflows/templates",
      search: (before) => gallerySearch({ ...before, ...change }),
      replace: true,
      resetScroll: false,
    });
}

function Gallery() {
  const { t, i18n } = useTranslation("workflows");
  const search = useSearch({ from: FROM });
  const change = useSearchChange();
  const list = useQuery(templatesQuery(i18n.language));
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (list.isPending) return <PageSkeleton />;
  const all = list.data.results;
  const found = matching(all, search);
  return (
    <>
      <Group mb="lg" gap="sm">
        <TextInput
          defaultValue={search.search}
          onChange={({ currentTarget }) => change({ search: currentTarget.value })}
          placeholder={t("gallery.search")}
          aria-label={t("gallery.search")}
          leftSection={<IconSearch size={16} stroke={1.6} />}
          type="search"
          dir="auto"
          w={{ base: "100%", sm: 280 }}
        />
        <Chip.Group value={search.category ?? ALL} onChange={(category) => change({ category })}>
          <Group gap={6} role="group" aria-label={t("gallery.category")}>
            <Chip value={ALL} size="sm">
              {t("gallery.all")}
            </Chip>
            {categoriesOf(all).map((category) => (
              <Chip key={category.slug} value={category.slug} size="sm">
                {category.label}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </Group>
      {found.length === 0 && (
        <EmptyState icon={IconLayoutGrid} title={t("gallery.none")} text={t("gallery.noneText")} />
      )}
      {categoriesOf(found).map((category) => (
        <Section
          key={category.slug}
          label={category.label}
          templates={found.filter((each) => each.category.slug === category.slug)}
          onOpen={(template) => change({ template })}
        />
      ))}
      {search.template !== undefined && (
        <TemplateDialog
          key={search.template}
          slug={search.template}
          onClose={() => change({ template: "" })}
        />
      )}
      {found.length > 0 && (
        <Text size="sm" c="var(--wasl-muted)" mt="xl">
          <IconPlus size={14} aria-hidden /> {t("gallery.ownHint")}
        </Text>
      )}
    </>
  );
}

interface SectionProps {
  label: string;
  templates: readonly Schema<"Template">[];
  onOpen: (slug: string) => void;
}

function Section({ label, templates, onOpen }: SectionProps) {
  return (
    <section>
      <Title order={2} size="h5" mb="sm" mt="lg">
        {label}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
        {templates.map((template) => (
          <TemplateCard key={template.slug} template={template} onOpen={() => onOpen(template.slug)} />
        ))}
      </SimpleGrid>
    </section>
  );
}
