export { SchemaForm } from "./SchemaForm";
export type { FormContext, FormValue, JSONSchema } from "./types";
