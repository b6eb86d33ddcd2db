export { Page } from "./Page";
export { PageHeader } from "./PageHeader";
