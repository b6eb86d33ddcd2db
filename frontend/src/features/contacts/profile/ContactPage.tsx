/** One contact: who they are beside what happened with them. */

import { ActionIcon, Alert, Button, Group, Menu, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconBan,
  IconDots,
  IconGitMerge,
  IconMessages,
  IconNotes,
  IconPencil,
  IconRoute,
  IconTimeline,
  IconTrash,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { ConfirmDialog, Failure, notifyDone, notifyFailure, PageSkeleton } from "@/components/feedback";
import { Page } from "@/components/layout";
import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";
import { useShortcuts } from "@/lib/shortcuts";

import { profileSearch, titleOf, type Contact, type ProfileSearch } from "../model";
import { contactQuery, duplicatesOfQuery, refreshContacts } from "../queries";
import { Conversations } from "./Conversations";
import { Details } from "./Details";
import { EditDialog } from "./EditDialog";
import { Executions } from "./Executions";
import { MergeDialog } from "./MergeDialog";
import { Notes } from "./Notes";
import classes from "./profile.module.css";
import { Timeline } from "./Timeline";

export function ContactPage() {
  const { contactId } = useParams({ from: "/shell/contacts/$contactId" });
  const navigate = useNavigate();
  const { data: contact, error, refetch } = useQuery(contactQuery(contactId));
  // The id of a merged contact leads to the one that is left.
  const found = contact?.id;
  useEffect(() => {
    if (found !== undefined && found !== contactId)
      void navigate({ to: "/contacts/$contactId", params: { contactId: found }, replace: true });
  }, [found, contactId, navigate]);
  if (contact !== undefined) return <Profile contact={contact} />;
  return error === null ? <PageSkeleton /> : <Failure error={error} retry={() => void refetch()} />;
}

function Profile({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const navigate = useNavigate();
  const mayWrite = useCan("crm:write");
  const mayReadInbox = useCan("inbox:read");
  const mayReadWorkflows = useCan("workflow:read");
  const { tab, kind = [] } = useSearch({ from: "/shell/contacts/$contactId" });
  const [editing, edit] = useDisclosure(false);
  const [merging, merge] = useDisclosure(false);
  const { data: groups } = useQuery(duplicatesOfQuery(contact.id));
  const twins = groups?.flatMap(({ contacts }) => contacts).filter(({ id }) => id !== contact.id) ?? [];
  useShortcuts([
    { keys: "e", label: t("edit.title"), group: t("title"), run: () => mayWrite && edit.open() },
  ]);
  const show = (part: ProfileSearch): void =>
    void navigate({
      to: "/contacts/$contactId",
      params: { contactId: contact.id },
      search: (before) => profileSearch({ ...before, ...part }),
      replace: true,
    });
  return (
    <Page>
      <header className={classes.header}>
        <ContactAvatar name={contact.name} seed={contact.id} size={52} />
        <div className={classes.headings}>
          <h1 className={classes.name} dir="auto">
            {titleOf(contact) || t("nameless")}
          </h1>
          <p className={classes.since}>{t("profile.since", { date: format.date(contact.created_at) })}</p>
        </div>
        {mayWrite && (
          <Group gap="xs">
            <Button variant="default" leftSection={<IconPencil size={16} stroke={1.6} />} onClick={edit.open}>
              {t("edit.open")}
            </Button>
            <MoreMenu contact={contact} onMerge={merge.open} />
          </Group>
        )}
      </header>
      {contact.opted_out_at !== null && (
        <Alert color="yellow" icon={<IconBan size={18} />} mb="md" title={t("consent.out")}>
          {t("consent.outText", { date: format.date(contact.opted_out_at) })}
        </Alert>
      )}
      {twins.length > 0 && mayWrite && (
        <Alert color="blue" icon={<IconGitMerge size={18} />} mb="md">
          <Group justify="space-between" gap="xs">
            {t("duplicates.hint", { count: new Set(twins.map(({ id }) => id)).size })}
            <Button size="xs" variant="default" onClick={merge.open}>
              {t("merge.look")}
            </Button>
          </Group>
        </Alert>
      )}
      <div className={classes.columns}>
        <Details contact={contact} />
        <Tabs
          value={tab ?? "timeline"}
          onChange={(value) => show(profileSearch({ tab: value, kind }))}
          keepMounted={false}
          className={classes.main ?? ""}
        >
          <Tabs.List mb="md" className={classes.tabs ?? ""}>
            <Tabs.Tab value="timeline" leftSection={<IconTimeline size={16} stroke={1.6} />}>
              {t("profile.timeline")}
            </Tabs.Tab>
            {mayReadInbox && (
              <Tabs.Tab value="conversations" leftSection={<IconMessages size={16} stroke={1.6} />}>
                {t("profile.conversations")}
              </Tabs.Tab>
            )}
            <Tabs.Tab value="notes" leftSection={<IconNotes size={16} stroke={1.6} />}>
              {t("profile.notes")}
            </Tabs.Tab>
            {mayReadWorkflows && (
              <Tabs.Tab value="executions" leftSection={<IconRoute size={16} stroke={1.6} />}>
                {t("profile.executions")}
              </Tabs.Tab>
            )}
          </Tabs.List>
          <Tabs.Panel value="timeline">
            <Timeline contactId={contact.id} kinds={kind} onKinds={(kinds) => show({ kind: kinds })} />
          </Tabs.Panel>
          <Tabs.Panel value="conversations">
            <Conversations contactId={contact.id} />
          </Tabs.Panel>
          <Tabs.Panel value="notes">
            <Notes contactId={contact.id} />
          </Tabs.Panel>
          <Tabs.Panel value="executions">
            <Executions contactId={contact.id} />
          </Tabs.Panel>
        </Tabs>
      </div>
      {editing && <EditDialog contact={contact} onClose={edit.close} />}
      {merging && <MergeDialog contact={contact} suggested={twins} onClose={merge.close} />}
    </Page>
  );
}

function MoreMenu({ contact, onMerge }: { contact: Contact; onMerge: () => void }) {
  const { t } = useTranslation("contacts");
  const client = useQueryClient();
  const navigate = useNavigate();
  const [deleting, deletion] = useDisclosure(false);
  const isOut = contact.opted_out_at !== null;
  const params = { path: { id: contact.id } };
  const consent = useMutation({
    mutationFn: () =>
      isOut
        ? call(api.POST("/api/v1/crm/contacts/{id}/opt_in/", { params, body: { reason: "" } }))
        : call(api.POST("/api/v1/crm/contacts/{id}/opt_out/", { params, body: { reason: "" } })),
    onSuccess: async (saved) => {
      client.setQueryData(contactQuery(saved.id).queryKey, saved);
      await refreshContacts(client);
    },
    onError: (error) => notifyFailure(error),
  });
  const remove = useMutation({
    mutationFn: () => call(api.DELETE("/api/v1/crm/contacts/{id}/", { params })),
    onSuccess: async () => {
      await navigate({ to: "/contacts" });
      client.removeQueries({ queryKey: ["contacts", contact.id] });
      await refreshContacts(client);
      notifyDone(t("delete.done"));
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
          <Menu.Item leftSection={<IconGitMerge size={16} stroke={1.6} />} onClick={onMerge}>
            {t("merge.open")}
          </Menu.Item>
          <Menu.Item leftSection={<IconBan size={16} stroke={1.6} />} onClick={() => consent.mutate()}>
            {isOut ? t("consent.optIn") : t("consent.optOut")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconRoute size={16} stroke={1.6} />}
            renderRoot={(props) => <Link to="/executions" search={{ contact: contact.id }} {...props} />}
          >
            {t("profile.allExecutions")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} stroke={1.6} />} onClick={deletion.open}>
            {t("delete.open")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={deleting}
        onClose={deletion.close}
        title={t("delete.title", { name: titleOf(contact) || t("nameless") })}
        text={t("delete.text")}
        confirm={t("delete.open")}
        loading={remove.isPending}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
