export { readPredicate } from "./check";
export { FieldPicker } from "./FieldPicker";
export { PredicateBuilder } from "./PredicateBuilder";
export type { Predicate } from "./types";
