export { SchemaForm } from "./SchemaForm";
export type { FormValue, JSONSchema } from "./types";
