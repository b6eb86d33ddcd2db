export { ContactPicker, EventTypePicker, MemberPicker, TagPicker, WorkflowPicker } from "./pickers";
export { isRelation, type RelationName } from "./kinds";
export { RelationPicker, RelationsPicker } from "./RelationPicker";
