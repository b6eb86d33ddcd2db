/** One's profile, changed at once on the page and then on the server. */

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { notifyFailure } from "@/components/feedback";
import { api, call, type Schema } from "@/lib/api";
import { meQuery, type Me } from "@/lib/session";

export type Change = Schema<"PatchedProfileRequest">;

/** `me` as it will be when the server has agreed. */
export function withChange(me: Me, { name, notifications, ...preferences }: Change): Me {
  if (me.user === null || me.preferences === null) return me;
  const chosen = new Map(notifications?.map((one) => [one.kind, one]));
  return {
    ...me,
    user: { ...me.user, name: name ?? me.user.name },
    preferences: {
      ...me.preferences,
      ...preferences,
      notifications: me.preferences.notifications.map((one) => ({ ...one, ...chosen.get(one.kind) })),
    },
  };
}

export function useProfile() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Change) => call(api.PATCH("/api/v1/auth/me/", { body })),
    onMutate: async (change) => {
      await client.cancelQueries({ queryKey: meQuery.queryKey });
      const before = client.getQueryData(meQuery.queryKey);
      if (before !== undefined) client.setQueryData(meQuery.queryKey, withChange(before, change));
      return before;
    },
    onSuccess: (me) => client.setQueryData(meQuery.queryKey, me),
    onError: (error, _change, before) => {
      client.setQueryData(meQuery.queryKey, before);
      notifyFailure(error);
    },
  });
}
