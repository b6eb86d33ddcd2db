/** To whom conversations are given. */

import { IconUserOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { useMe } from "@/lib/session";

import { useActions } from "../sync/useActions";
import { useColleagues } from "../sync/useSurroundings";
import type { PickerProps } from "./ActionDialog";
import { PickList } from "./PickList";

const NOBODY = "nobody";

export function AssignPicker({ targets, onDone }: PickerProps) {
  const { t } = useTranslation("inbox");
  const mine = useMe().user?.id;
  const colleagues = useColleagues();
  const { assign } = useActions();
  const ordered = [...colleagues].sort((one, other) => Number(other.id === mine) - Number(one.id === mine));
  const current = targets.every(({ assignee_id }) => assignee_id === targets[0]?.assignee_id)
    ? targets[0]?.assignee_id
    : undefined;
  return (
    <PickList
      label={t("assign.search")}
      empty={t("assign.none")}
      options={[
        ...ordered.map(({ id, name }) => {
          return {
            id,
            name,
            chosen: id === current,
            ...(id === mine && { hint: t("assign.me") }),
            icon: <ContactAvatar name={name} seed={id} size={24} />,
          };
        }),
        {
          id: NOBODY,
          name: t("assign.nobody"),
          chosen: current === null,
          icon: <IconUserOff size={20} stroke={1.6} aria-hidden />,
        },
      ]}
      onPick={(id) => {
        assign(
          targets.map((target) => target.id),
          colleagues.find((each) => each.id === id) ?? null,
        );
        onDone();
      }}
    />
  );
}
