/** Whether a key still opens anything. */

import type { ApiKey } from "../queries";

export function stateOf(
  key: Pick<ApiKey, "revoked_at" | "expires_at">,
  now: number = Date.now(),
): "live" | "expired" | "revoked" {
  if (key.revoked_at !== null) return "revoked";
  return key.expires_at !== null && Date.parse(key.expires_at) <= now ? "expired" : "live";
}
