/** Two contacts made one: which other, and whose values stay where both have some. */

import { Alert, Button, Chip, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { ListSkeleton, notifyDone, notifyFailure } from "@/components/feedback";
import { ContactPicker } from "@/components/relation";
import { api, call, once } from "@/lib/api";

import { titleOf, type Contact } from "../model";
import { useColumnLabel } from "../parts/useColumnLabel";
import { columnsQuery, contactQuery, refreshContacts } from "../queries";
import { differences, taken, type Side } from "./merging";
import classes from "./profile.module.css";

interface Props {
  /** The one that stays. */
  contact: Contact;
  /** Contacts that may be the same person. */
  suggested: readonly Contact[];
  onClose: () => void;
}

export function MergeDialog({ contact, suggested, onClose }: Props) {
  const { t } = useTranslation("contacts");
  const others = [...new Map(suggested.map((each) => [each.id, each])).values()];
  const [otherId, setOtherId] = useState<string | null>(others[0]?.id ?? null);
  const isItself = otherId === contact.id;
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("close") }}
      opened
      onClose={onClose}
      title={t("merge.title")}
      size="xl"
    >
      <Stack>
        {others.length > 0 && (
          <Chip.Group value={otherId ?? ""} onChange={setOtherId}>
            <Group gap="xs">
              {others.map((each) => (
                <Chip key={each.id} value={each.id} size="sm" variant="light">
                  <span dir="auto">{titleOf(each) || t("nameless")}</span>
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        )}
        <ContactPicker
          label={t("merge.with")}
          value={otherId}
          onChange={setOtherId}
          placeholder={t("merge.pick")}
          {...(isItself && { error: t("merge.itself") })}
        />
        {otherId !== null && !isItself && (
          <Sides key={otherId} contact={contact} otherId={otherId} onClose={onClose} />
        )}
      </Stack>
    </Modal>
  );
}

interface SidesProps {
  contact: Contact;
  otherId: string;
  onClose: () => void;
}

function Sides({ contact, otherId, onClose }: SidesProps) {
  const { t } = useTranslation("contacts");
  const client = useQueryClient();
  const navigate = useNavigate();
  const labelOf = useColumnLabel();
  const { data: columns } = useQuery(columnsQuery);
  const { data: other } = useQuery(contactQuery(otherId));
  const [sides, setSides] = useState<Readonly<Record<string, Side>>>({});
  const [key, setKey] = useState(once);
  const merge = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/v1/crm/contacts/{contact_id}/merge/", {
          params: { path: { contact_id: contact.id }, header: { "If-Match": `"${contact.revision}"` } },
          body: { other: otherId, take: taken(sides) },
          headers: key,
        }),
      ),
    onSuccess: async (left) => {
      client.setQueryData(contactQuery(left.id).queryKey, left);
      onClose();
      await navigate({ to: "/contacts/$contactId", params: { contactId: left.id } });
      client.removeQueries({ queryKey: ["contacts", otherId] });
      await refreshContacts(client);
      notifyDone(t("merge.done"));
    },
    onError: async (error) => {
      setKey(once());
      notifyFailure(error);
      await client.invalidateQueries({ queryKey: ["contacts", contact.id] });
    },
  });
  if (columns === undefined || other === undefined) return <ListSkeleton rows={3} />;
  const rows = differences(columns, contact, other);
  return (
    <>
      {rows.length > 0 && <Text size="sm">{t("merge.choose")}</Text>}
      <div className={classes.choices}>
        {rows.map(({ column, values }) => (
          <Fragment key={column.key}>
            <span className={classes.choiceLabel} dir="auto" id={`merge-${column.key}`}>
              {labelOf(column)}
            </span>
            {(["this", "other"] as const).map((side) => (
              <label key={side} className={classes.choice}>
                <Radio
                  name={column.key}
                  checked={(sides[column.key] ?? "this") === side}
                  onChange={() => setSides({ ...sides, [column.key]: side })}
                  aria-describedby={`merge-${column.key}`}
                />
                <span dir="auto">
                  {typeof values[side] === "boolean" ? t(values[side] ? "yes" : "no") : values[side]}
                </span>
              </label>
            ))}
          </Fragment>
        ))}
      </div>
      <Alert color="gray" icon={<ContactAvatar name={other.name} seed={other.id} size={28} />}>
        {t("merge.text", { name: titleOf(other) || t("nameless") })}
      </Alert>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button onClick={() => merge.mutate()} loading={merge.isPending}>
          {t("merge.confirm")}
        </Button>
      </Group>
    </>
  );
}
