/** One small dialog for what is chosen from a list: to whom, which labels, until when. By key, by button, for many. */

import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../model/types";
import { AssignPicker } from "./AssignPicker";
import { LabelPicker } from "./LabelPicker";
import { SnoozePicker } from "./SnoozePicker";

export type Choice = "assign" | "label" | "snooze";
/** What the dialog needs to know of a conversation. */
export type Target = Pick<Conversation, "id" | "labels" | "assignee_id">;

export interface PickerProps {
  targets: readonly Target[];
  onDone: () => void;
}

const PICKERS: Readonly<Record<Choice, React.ComponentType<PickerProps>>> = {
  assign: AssignPicker,
  label: LabelPicker,
  snooze: SnoozePicker,
};

interface Props {
  choice: Choice | null;
  targets: readonly Target[];
  onClose: () => void;
}

export function ActionDialog({ choice, targets, onClose }: Props) {
  const { t } = useTranslation("inbox");
  const Picker = choice === null ? undefined : PICKERS[choice];
  return (
    <Modal
      opened={choice !== null}
      onClose={onClose}
      title={choice !== null && t(`actions.${choice}`)}
      size="sm"
      padding="md"
      transitionProps={{ duration: 80 }}
    >
      {Picker !== undefined && <Picker targets={targets} onDone={onClose} />}
    </Modal>
  );
}
