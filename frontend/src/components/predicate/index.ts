export { FieldPicker } from "./FieldPicker";
export { PredicateBuilder, type PredicateBuilderProps } from "./PredicateBuilder";
export type { Predicate } from "./types";
