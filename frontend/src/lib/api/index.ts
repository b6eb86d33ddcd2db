export { api, call, csrfToken, once, type Schema } from "./client";
export { ApiError, errorFrom, type FieldErrors } from "./errors";
export { onSignedOut, queryClient } from "./queries";
