export { ConfirmDialog } from "./ConfirmDialog";
export { EmptyState } from "./EmptyState";
export { ErrorBoundary } from "./ErrorBoundary";
export { Failure } from "./Failure";
export { notifyDone, notifyFailure } from "./notify";
export { ListSkeleton, PageSkeleton } from "./Skeletons";
