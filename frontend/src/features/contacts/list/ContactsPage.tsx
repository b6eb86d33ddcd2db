/** All contacts as a table: searched, narrowed, sorted, chosen, changed together. */

import { Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconChevronDown,
  IconFileDownload,
  IconFileUpload,
  IconPlus,
  IconUsersGroup,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { ApiError } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";
import { useShortcuts } from "@/lib/shortcuts";

import { withinPredicate } from "../model";
import { NewContactDialog } from "../profile/NewContactDialog";
import { contactsQuery } from "../queries";
import { ExportDialog } from "../transfer/ExportDialog";
import { BulkBar } from "./BulkBar";
import { ContactTable } from "./ContactTable";
import { Pages } from "./Pages";
import { selectionOf, type Chosen } from "./choosing";
import { Toolbar } from "./Toolbar";
import { useTable } from "./useTable";

export function ContactsPage() {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const table = useTable();
  const mayWrite = useCan("crm:write");
  const { asked, change } = table;
  const { data, error, refetch, isPlaceholderData } = useQuery(contactsQuery(asked));
  const [exporting, exports] = useDisclosure(false);
  const [chosen, setChosen] = useState<Chosen>({ ids: [], all: false });
  // Whoever asks for other contacts has chosen none of them yet.
  const about = JSON.stringify([asked.q, asked.filter]);
  const [chosenOf, setChosenOf] = useState(about);
  if (chosenOf !== about) {
    setChosenOf(about);
    setChosen({ ids: [], all: false });
  }
  const selection = useMemo(() => selectionOf(chosen, asked), [chosen, asked]);
  useShortcuts([
    {
      keys: "n",
      label: t("new.open"),
      group: t("title"),
      run: () => mayWrite && change({ create: true }),
    },
  ]);
  const count = data && format.number(data.count);
  const said =
    data && t(data.capped ? "list.countAtLeast" : "list.count", { count: data.count, shown: count });
  const refused =
    error instanceof ApiError && error.status === 400 ? withinPredicate(error.fields) : undefined;
  const isNarrowed = asked.q !== undefined || asked.filter !== undefined;
  return (
    <Page>
      <PageHeader title={t("title")} text={said ?? "…"}>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={14} />}>
              {t("more")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {mayWrite && (
              <Menu.Item
                leftSection={<IconFileUpload size={16} stroke={1.6} />}
                renderRoot={(props) => <Link to="/contacts/import" {...props} />}
              >
                {t("import.open")}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconFileDownload size={16} stroke={1.6} />} onClick={exports.open}>
              {t("export.open")}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconUsersGroup size={16} stroke={1.6} />}
              renderRoot={(props) => <Link to="/contacts/duplicates" {...props} />}
            >
              {t("duplicates.open")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        {mayWrite && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => change({ create: true })}>
            {t("new.open")}
          </Button>
        )}
      </PageHeader>
      <Toolbar table={table} errors={refused} />
      {chosen.ids.length > 0 && data !== undefined && (
        <BulkBar
          chosen={chosen}
          onChange={setChosen}
          selection={selection}
          count={data.count}
          capped={data.capped}
          onExport={exports.open}
        />
      )}
      {refused === undefined && error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : data?.count === 0 && !isPlaceholderData ? (
        <NoContacts isNarrowed={isNarrowed} onCreate={() => change({ create: true })} />
      ) : (
        <>
          <ContactTable
            table={table}
            contacts={data?.results}
            chosen={chosen.ids}
            onChoose={(ids) => setChosen({ ids, all: false })}
            isStale={isPlaceholderData}
          />
          {data !== undefined && (
            <Pages page={asked.page ?? 1} count={data.count} onChange={(page) => change({ page })} />
          )}
        </>
      )}
      <NewContactDialog opened={asked.create === true} onClose={() => change({ create: undefined })} />
      {exporting && (
        <ExportDialog
          onClose={exports.close}
          columns={table.columns}
          shown={table.shown}
          selection={chosen.ids.length > 0 ? selection : selectionOf({ ids: [], all: true }, asked)}
          count={chosen.ids.length > 0 && !chosen.all ? chosen.ids.length : (data?.count ?? 0)}
        />
      )}
    </Page>
  );
}

function NoContacts({ isNarrowed, onCreate }: { isNarrowed: boolean; onCreate: () => void }) {
  const { t } = useTranslation("contacts");
  const mayWrite = useCan("crm:write");
  const kind = isNarrowed ? "narrow" : "none";
  return (
    <EmptyState
      icon={IconUsersGroup}
      title={t(`empty.${kind}.title`)}
      text={t(`empty.${kind}.text`)}
      action={
        !isNarrowed &&
        mayWrite && (
          <>
            <Button renderRoot={(props) => <Link to="/contacts/import" {...props} />}>
              {t("import.open")}
            </Button>
            <Button variant="default" onClick={onCreate}>
              {t("new.open")}
            </Button>
          </>
        )
      }
    />
  );
}
