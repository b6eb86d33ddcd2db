/** What the account has beside its password, and changes to it, which the door may want confirmed first. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { notifyFailure } from "@/components/feedback";
import { useConfirmed, useRefusal, wasClosed } from "@/components/second-factor";
import { factors } from "@/lib/door";
import { meQuery } from "@/lib/session";

export function useFactors() {
  return useQuery({ queryKey: ["door", "factors"], queryFn: factors });
}

/** A change of how one signs in. `dialog` must be drawn. */
export function useFactorChange<Input = void, Result = void>(
  change: (input: Input) => Promise<Result>,
  onDone?: (result: Result) => void,
) {
  const client = useQueryClient();
  const refusal = useRefusal();
  const { confirmed, dialog } = useConfirmed();
  const mutation = useMutation({
    mutationFn: (input: Input) => confirmed(() => change(input)),
    onSuccess: async (result) => {
      onDone?.(result);
      await Promise.all([
        client.invalidateQueries({ queryKey: ["door", "factors"] }),
        client.invalidateQueries({ queryKey: meQuery.queryKey }),
      ]);
    },
    onError: (error) => {
      if (!wasClosed(error)) notifyFailure(new Error(refusal(error)));
    },
  });
  return { ...mutation, dialog };
}
