/** What the API says of members, roles and keys, and how they are changed. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { notifyFailure } from "@/components/feedback";
import { api, call, type Schema } from "@/lib/api";

import type { MembersSearch } from "./members/search";

export type Member = Schema<"Member">;
export type ApiKey = Schema<"ApiKey">;

const MEMBERS = ["members"];
const KEYS = ["api-keys"];

export const PAGE_SIZE = 50;

export const membersQuery = ({ q, page = 1 }: MembersSearch) =>
  queryOptions({
    queryKey: [...MEMBERS, q ?? "", page],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/members/", {
          params: { query: { search: q, page, page_size: PAGE_SIZE, ordering: "user__name" } },
          signal,
        }),
      ),
    placeholderData: (before) => before,
  });

export function useRoles() {
  return useQuery({
    queryKey: ["roles"],
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/roles/", { signal }))).results,
    staleTime: 300_000,
  });
}

export function useScopes() {
  return useQuery({
    queryKey: ["scopes"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/scopes/", { signal })),
    staleTime: Infinity,
  });
}

export function useKeys(page: number) {
  return useQuery({
    queryKey: [...KEYS, page],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/api-keys/", { params: { query: { page, page_size: PAGE_SIZE } }, signal })),
    placeholderData: (before) => before,
  });
}

/** A change of the members; failures are told at the edge of the page unless the caller shows them itself. */
export function useMembersChange<Input, Result>(
  change: (input: Input) => Promise<Result>,
  options: { quiet?: boolean } = {},
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onError: (error) => {
      if (options.quiet !== true) notifyFailure(error);
    },
    onSettled: () => client.invalidateQueries({ queryKey: MEMBERS }),
  });
}

export const inviteMember = (body: Schema<"NewMemberRequest">) =>
  call(api.POST("/api/v1/members/", { body }));

export const inviteAgain = (id: string) =>
  call(api.POST("/api/v1/members/{id}/invite/", { params: { path: { id } } }));

export const changeRole = ({ id, role }: { id: string; role: string }) =>
  call(api.PATCH("/api/v1/members/{id}/", { params: { path: { id } }, body: { role } }));

export const removeMember = (id: string) =>
  call(api.DELETE("/api/v1/members/{id}/", { params: { path: { id } } }));

export function useKeysChange<Input, Result>(
  change: (input: Input) => Promise<Result>,
  options: { quiet?: boolean } = {},
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onError: (error) => {
      if (options.quiet !== true) notifyFailure(error);
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEYS }),
  });
}

export const makeKey = (body: Schema<"NewApiKeyRequest">) => call(api.POST("/api/v1/api-keys/", { body }));

export const revokeKey = (id: string) =>
  call(api.POST("/api/v1/api-keys/{id}/revoke/", { params: { path: { id } } }));

const POLICY = ["access-policy"];

/** Whether a second factor is demanded of everybody, and how to change that. */
export function usePolicy() {
  const client = useQueryClient();
  const policy = useQuery({
    queryKey: POLICY,
    queryFn: ({ signal }) => call(api.GET("/api/v1/access-policy/", { signal })),
  });
  const change = useMutation({
    mutationFn: (require_second_factor: boolean) =>
      call(api.PATCH("/api/v1/access-policy/", { body: { require_second_factor } })),
    onSuccess: (answer) => client.setQueryData(POLICY, answer),
  });
  return { policy, change };
}
