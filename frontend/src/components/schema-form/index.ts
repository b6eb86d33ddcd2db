export { SchemaForm } from "./SchemaForm";
export type { FormContext, FormValue, JSONSchema, SchemaFormProps } from "./types";
