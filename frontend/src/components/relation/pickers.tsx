/** The pickers by the names of what they pick. */

import {
  RelationPicker,
  type RelationPickerProps,
  RelationsPicker,
  type RelationsPickerProps,
} from "./RelationPicker";

type One = Omit<RelationPickerProps, "kind">;
type Several = Omit<RelationsPickerProps, "kind">;

export const ContactPicker = (props: One) => <RelationPicker kind="contact" {...props} />;
export const MemberPicker = (props: One) => <RelationPicker kind="member" {...props} />;
export const WorkflowPicker = (props: One) => <RelationPicker kind="workflow" {...props} />;
export const EventTypePicker = (props: One) => <RelationPicker kind="event-type" {...props} />;
/** Picks tags by name; a name that is new makes a tag. */
export const TagPicker = (props: Several) => <RelationsPicker kind="tag" {...props} />;
