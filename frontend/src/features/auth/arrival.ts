/** Where someone stands who comes to the door: outside, half-way, inside, or inside without being a member. */

import { api, ApiError, call } from "@/lib/api";
import { whereAmI } from "@/lib/door";

export type Arrival =
  | { at: "door" }
  | { at: "second-factor"; types: readonly string[] }
  | { at: "stranger" }
  | { at: "to-secure" }
  | { at: "inside" };

/** Asks the back end. `to-secure`: the tenant demands a second factor that this session has not given. */
export async function arrive(): Promise<Arrival> {
  const standing = await whereAmI();
  if (standing.is === "out") return { at: "door" };
  if (standing.is === "half") return { at: "second-factor", types: standing.types };
  try {
    const { security } = await call(api.GET("/api/v1/auth/me/"));
    const lacking = security?.second_factor_demanded === true && !security.gave_second_factor;
    return { at: lacking ? "to-secure" : "inside" };
  } catch (error) {
    if (error instanceof ApiError && error.code === "not_a_member") return { at: "stranger" };
    if (error instanceof ApiError && error.status === 401) return { at: "door" };
    throw error;
  }
}
