/** Which channels the tenant has connected, to say which steps cannot do anything yet. */

import { useQuery } from "@tanstack/react-query";

import { api, call } from "@/lib/api";
import { useCan } from "@/lib/session";

/** Whether a step that needs one of these providers (`any`: whichever) finds a channel; true while that is not known. */
export function useHasChannel(): (needed: readonly string[]) => boolean {
  const mayAsk = useCan("inbox:read");
  const channels = useQuery({
    queryKey: ["channels", "providers"],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/inbox/channels/", { params: { query: { page_size: 100 } }, signal })),
    enabled: mayAsk,
    staleTime: 60_000,
  });
  const rows = channels.data?.results;
  return (needed) =>
    needed.length === 0 ||
    rows === undefined ||
    rows.some(({ provider }) => needed.includes("any") || needed.includes(provider));
}
