/** Under which all that is known of notifications is kept. */
export const NOTIFICATIONS = ["notifications"];
