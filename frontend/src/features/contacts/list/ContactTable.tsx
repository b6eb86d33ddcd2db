/** The table itself; on a narrow screen, the same contacts as a list of cards. */

import { Checkbox, Group, ScrollArea, Skeleton, Table, Text, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { formatPhone } from "@/lib/phone";

import { directionOf, nextSort, titleOf, type Column, type Contact } from "../model";
import { TagBadge } from "../parts/TagBadge";
import { useColumnLabel } from "../parts/useColumnLabel";
import { Cell } from "./Cell";
import { ticked } from "./choosing";
import classes from "./list.module.css";
import type { TableState } from "./useTable";

interface Props {
  table: TableState;
  /** Absent while the first page is fetched. */
  contacts: readonly Contact[] | undefined;
  chosen: readonly string[];
  onChoose: (ids: string[]) => void;
  /** The next page is on its way. */
  isStale: boolean;
}

const SKELETON_ROWS = 12;
const ICONS = { ascending: IconArrowUp, descending: IconArrowDown, none: IconArrowsSort };

export function ContactTable(props: Props) {
  const isNarrow = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  return isNarrow ? <Cards {...props} /> : <Rows {...props} />;
}

function useTicking({ contacts = [], chosen, onChoose }: Props) {
  const last = useRef<string | null>(null);
  return (id: string, isRange: boolean): void => {
    const ids = contacts.map((contact) => contact.id);
    onChoose(ticked(chosen, ids, id, isRange ? last.current : null));
    last.current = id;
  };
}

function Rows(props: Props) {
  const { t } = useTranslation("contacts");
  const { table, contacts, chosen, onChoose, isStale } = props;
  const tick = useTicking(props);
  const ids = contacts?.map(({ id }) => id) ?? [];
  const chosenHere = ids.filter((id) => chosen.includes(id)).length;
  return (
    <ScrollArea className={classes.frame} type="auto" tabIndex={0} aria-label={t("title")} role="region">
      <Table className={classes.table} highlightOnHover verticalSpacing={7} aria-busy={isStale}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={40}>
              <Checkbox
                size="sm"
                aria-label={t("list.chooseAll")}
                checked={ids.length > 0 && chosenHere === ids.length}
                indeterminate={chosenHere > 0 && chosenHere < ids.length}
                onChange={() => onChoose(chosenHere === ids.length ? [] : ids)}
              />
            </Table.Th>
            {table.shown.map((column) => (
              <Head key={column.key} column={column} table={table} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody data-stale={isStale || undefined}>
          {contacts === undefined &&
            Array.from({ length: SKELETON_ROWS }, (_, row) => (
              <Table.Tr key={row}>
                <Table.Td colSpan={table.shown.length + 1}>
                  <Skeleton height={22} width={`${60 + ((row * 13) % 40)}%`} />
                </Table.Td>
              </Table.Tr>
            ))}
          {contacts?.map((contact) => (
            <Table.Tr key={contact.id} data-chosen={chosen.includes(contact.id) || undefined}>
              <Table.Td>
                <Checkbox
                  size="sm"
                  aria-label={t("list.choose", { name: titleOf(contact) || t("nameless") })}
                  checked={chosen.includes(contact.id)}
                  onClick={(event) => tick(contact.id, event.shiftKey)}
                  onChange={() => undefined}
                />
              </Table.Td>
              {table.shown.map((column, number) => (
                <Table.Td key={column.key}>
                  {number === 0 ? (
                    <Who contact={contact} column={column} />
                  ) : (
                    <Cell contact={contact} column={column} />
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Head({ column, table }: { column: Column; table: TableState }) {
  const label = useColumnLabel()(column);
  const direction = directionOf(column.key, table.asked.sort);
  const Icon = ICONS[direction];
  if (!column.sortable)
    return (
      <Table.Th scope="col">
        <span dir="auto">{label}</span>
      </Table.Th>
    );
  return (
    <Table.Th scope="col" aria-sort={direction}>
      <UnstyledButton
        className={classes.head}
        onClick={() => table.change({ sort: nextSort(column.key, table.asked.sort) })}
      >
        <span dir="auto">{label}</span>
        <Icon size={14} stroke={1.8} data-idle={direction === "none" || undefined} />
      </UnstyledButton>
    </Table.Th>
  );
}

/** The first cell leads to the contact, whatever column it is of. */
function Who({ contact, column }: { contact: Contact; column: Column }) {
  const { t } = useTranslation("contacts");
  return (
    <Link to="/contacts/$contactId" params={{ contactId: contact.id }} className={classes.who}>
      <ContactAvatar name={contact.name} seed={contact.id} size={28} />
      {column.key === "name" ? (
        <Text size="sm" fw={600} truncate maw={260} dir="auto">
          {titleOf(contact) || t("nameless")}
        </Text>
      ) : (
        <Cell contact={contact} column={column} />
      )}
    </Link>
  );
}

function Cards(props: Props) {
  const { t } = useTranslation("contacts");
  const { contacts, chosen } = props;
  const tick = useTicking(props);
  if (contacts === undefined)
    return Array.from({ length: 6 }, (_, row) => <Skeleton key={row} height={64} mb="xs" />);
  return (
    <ul className={classes.cards} data-stale={props.isStale || undefined}>
      {contacts.map((contact) => (
        <li key={contact.id} className={classes.card} data-chosen={chosen.includes(contact.id) || undefined}>
          <Checkbox
            aria-label={t("list.choose", { name: titleOf(contact) || t("nameless") })}
            checked={chosen.includes(contact.id)}
            onChange={() => tick(contact.id, false)}
          />
          <ContactAvatar name={contact.name} seed={contact.id} size={40} />
          <div className={classes.cardText}>
            <Link
              to="/contacts/$contactId"
              params={{ contactId: contact.id }}
              className={classes.cardLink}
              dir="auto"
            >
              {titleOf(contact) || t("nameless")}
            </Link>
            {contact.phone !== "" && (
              <Text size="sm" c="var(--wasl-muted)">
                <span className="ltr">{formatPhone(contact.phone)}</span>
              </Text>
            )}
            {contact.tags.length > 0 && (
              <Group gap={4} mt={4}>
                {contact.tags.map((tag) => (
                  <TagBadge key={tag} name={tag} />
                ))}
              </Group>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
