/** Who is signed in, in which tenant, and what they may do. */

import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";

import { api, call, type Schema } from "../api";

export type Me = Schema<"Me">;
export type Scope = Schema<"ScopesEnum">;

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/auth/me/", { signal })),
  staleTime: 60_000,
});

/** Who is signed in; only inside the shell, which no stranger enters. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether these scopes allow that one: `admin:all` allows all, a noun's `write` its `read`. */
export function allows(scopes: readonly string[], needed: Scope): boolean {
  return (
    scopes.includes("admin:all") ||
    scopes.includes(needed) ||
    (needed.endsWith(":read") && scopes.includes(needed.replace(/:read$/, ":write")))
  );
}

export function useCan(needed: Scope): boolean {
  return allows(useMe().scopes, needed);
}

export const tenantQuery = queryOptions({
  queryKey: ["tenant"],
  queryFn: ({ signal }) => call(api.GET("/api/v1/tenant/", { signal })),
  staleTime: 300_000,
});

/** The tenant whose host this is: name, country, currency, time zone. */
export function useTenant(): Schema<"Tenant"> {
  return useSuspenseQuery(tenantQuery).data;
}

/** What strangers may see of the tenant too: its name, colour and logo, for the sign-in page and the theme. */
export const brandQuery = queryOptions({
  queryKey: ["tenant", "public"],
  // Browsers may keep the answer for a minute; who has just changed the colour wants to see it.
  queryFn: ({ signal }) => call(api.GET("/api/v1/tenant/public/", { signal, cache: "no-cache" })),
  staleTime: 300_000,
});
