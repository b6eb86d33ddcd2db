export {
  ChannelPicker,
  ContactPicker,
  EventTypePicker,
  MemberPicker,
  SegmentPicker,
  TagPicker,
  TemplatePicker,
  WorkflowPicker,
} from "./pickers";
export { isRelation, type RelationName } from "./kinds";
export { RelationPicker, RelationsPicker } from "./RelationPicker";
