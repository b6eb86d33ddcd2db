/** One segment: its name, its rule with what the rule would choose, or its list. */

import {
  Button,
  Menu,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
  ActionIcon,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, Failure, notifyDone, notifyFailure, PageSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { PredicateBuilder, type Predicate } from "@/components/predicate";
import { api, ApiError, call, once, type Schema } from "@/lib/api";
import { useCan } from "@/lib/session";

import { isEmpty, withinPredicate } from "../model";
import { segmentQuery } from "../queries";
import { Inside } from "./Inside";
import { Preview } from "./Preview";
import classes from "./segments.module.css";

type Segment = Schema<"Segment">;
type Kind = "dynamic" | "static";

export function SegmentPage() {
  const { segmentId } = useParams({ from: "/shell/segments/$segmentId" });
  return segmentId === "new" ? <Editor segment={null} /> : <Known key={segmentId} id={segmentId} />;
}

function Known({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(segmentQuery(id));
  if (data !== undefined) return <Editor segment={data} />;
  return error === null ? <PageSkeleton /> : <Failure error={error} retry={() => void refetch()} />;
}

function Editor({ segment }: { segment: Segment | null }) {
  const { t } = useTranslation("contacts");
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useCan("crm:write");
  const given = useSearch({ from: "/shell/segments/$segmentId" });
  const [name, setName] = useState(segment?.name ?? "");
  const [description, setDescription] = useState(segment?.description ?? "");
  const [kind, setKind] = useState<Kind>(segment?.kind ?? "dynamic");
  const stored = segment?.predicate as unknown as Predicate | undefined;
  const [predicate, setPredicate] = useState<Predicate | null>(stored ?? given.predicate ?? null);
  const [announce, setAnnounce] = useState(false);
  const [key, setKey] = useState(once);
  const isDynamic = kind === "dynamic";
  const save = useMutation({
    mutationFn: () => {
      const body = { name, description, ...(isDynamic && { predicate, announce }) };
      return segment === null
        ? call(api.POST("/api/v1/crm/segments/", { body: { ...body, kind }, headers: key }))
        : call(api.PATCH("/api/v1/crm/segments/{id}/", { params: { path: { id: segment.id } }, body }));
    },
    onSuccess: async (saved) => {
      client.setQueryData(segmentQuery(saved.id).queryKey, saved);
      await client.invalidateQueries({ queryKey: ["segments"] });
      notifyDone(t("segments.saved"));
      await navigate({ to: "/segments/$segmentId", params: { segmentId: saved.id }, replace: true });
    },
    onError: (error) => {
      setKey(once());
      if (!(error instanceof ApiError) || Object.keys(error.fields).length === 0) notifyFailure(error);
    },
  });
  const errors = save.error instanceof ApiError ? save.error.fields : {};
  return (
    <Page>
      <PageHeader
        title={segment?.name ?? t("segments.new")}
        text={t(`segments.about.${isDynamic ? "dynamic" : "static"}`)}
      >
        <Button variant="default" renderRoot={(props) => <Link to="/segments" {...props} />}>
          {t("back")}
        </Button>
        {segment !== null && mayWrite && <MoreMenu segment={segment} />}
        {mayWrite && (
          <Button
            onClick={() => save.mutate()}
            loading={save.isPending}
            disabled={name.trim() === "" || (isDynamic && isEmpty(predicate))}
          >
            {segment === null ? t("segments.create") : t("save")}
          </Button>
        )}
      </PageHeader>
      <div className={classes.columns}>
        <Stack gap="lg">
          <TextInput
            label={t("segments.name")}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            maxLength={120}
            required
            disabled={!mayWrite}
            error={errors.name?.join(" ")}
            dir="auto"
          />
          <Textarea
            label={t("segments.description")}
            value={description}
            onChange={({ currentTarget }) => setDescription(currentTarget.value)}
            autosize
            maxLength={2000}
            disabled={!mayWrite}
            dir="auto"
          />
          {segment === null && (
            <SegmentedControl
              value={kind}
              onChange={(value) => setKind(value === "static" ? "static" : "dynamic")}
              data={[
                { value: "dynamic", label: t("segments.kind.dynamic") },
                { value: "static", label: t("segments.kind.static") },
              ]}
              aria-label={t("segments.kindLabel")}
            />
          )}
          {isDynamic && (
            <>
              <div>
                <Text size="sm" fw={500} mb={6}>
                  {t("segments.rule")}
                </Text>
                <PredicateBuilder
                  value={predicate}
                  onChange={setPredicate}
                  roots={["user"]}
                  errors={withinPredicate(errors)}
                  disabled={!mayWrite}
                />
              </div>
              <Switch
                label={t("segments.announce")}
                description={
                  <Text span size="xs" c="var(--wasl-muted)">
                    {t("segments.announceText")}
                  </Text>
                }
                checked={announce}
                onChange={({ currentTarget }) => setAnnounce(currentTarget.checked)}
                disabled={!mayWrite}
              />
            </>
          )}
          {segment !== null && <Inside segment={segment} />}
        </Stack>
        {isDynamic && (
          <aside className={classes.side} aria-label={t("segments.preview")}>
            <Preview predicate={predicate} />
          </aside>
        )}
      </div>
    </Page>
  );
}

function MoreMenu({ segment }: { segment: Segment }) {
  const { t } = useTranslation("contacts");
  const client = useQueryClient();
  const navigate = useNavigate();
  const [deleting, deletion] = useDisclosure(false);
  const params = { path: { id: segment.id } };
  const refresh = useMutation({
    mutationFn: () => call(api.POST("/api/v1/crm/segments/{id}/refresh/", { params })),
    onSuccess: (saved) => client.setQueryData(segmentQuery(saved.id).queryKey, saved),
    onError: (error) => notifyFailure(error),
  });
  const remove = useMutation({
    mutationFn: () => call(api.DELETE("/api/v1/crm/segments/{id}/", { params })),
    onSuccess: async () => {
      await navigate({ to: "/segments" });
      await client.invalidateQueries({ queryKey: ["segments"] });
    },
    onError: (error) => notifyFailure(error),
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t("more")}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {segment.kind !== "static" && (
            <Menu.Item leftSection={<IconRefresh size={16} stroke={1.6} />} onClick={() => refresh.mutate()}>
              {t("segments.refresh")}
            </Menu.Item>
          )}
          <Menu.Item color="red" leftSection={<IconTrash size={16} stroke={1.6} />} onClick={deletion.open}>
            {t("segments.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={deleting}
        onClose={deletion.close}
        title={t("segments.deleteTitle", { name: segment.name })}
        text={t("segments.deleteText")}
        confirm={t("segments.delete")}
        loading={remove.isPending}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
