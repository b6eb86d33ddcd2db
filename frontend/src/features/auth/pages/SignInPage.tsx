/** Signing in, step by step, and then on to the page that was wanted. */

import { Button, Skeleton, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "@/components/feedback";
import { signOut, type Standing } from "@/lib/door";

import { arrive, type Arrival } from "../arrival";
import { DoorLayout } from "../DoorLayout";
import { safeNext } from "../next";
import { PasswordStep } from "../PasswordStep";
import { SecondStep } from "../SecondStep";

const route = getRouteApi("/sign-in");
const ARRIVAL = ["door", "arrival"];

export function SignInPage() {
  const { t } = useTranslation("auth");
  const { next } = route.useSearch();
  const client = useQueryClient();
  const arrival = useQuery({ queryKey: ARRIVAL, queryFn: arrive, staleTime: 0, gcTime: 0, retry: false });
  const place = arrival.data?.at;

  useEffect(() => {
    // A whole new page: nothing that was known of whoever was here before is kept.
    if (place === "inside") window.location.replace(safeNext(next));
    if (place === "to-secure")
      window.location.replace(`/secure-account?next=${encodeURIComponent(safeNext(next))}`);
  }, [place, next]);

  const advance = (standing: Standing) => {
    if (standing.is === "half") {
      const half: Arrival = { at: "second-factor", types: standing.types };
      client.setQueryData(ARRIVAL, half);
    } else {
      void arrival.refetch();
    }
  };
  const leave = useMutation({ mutationFn: signOut, onSettled: () => arrival.refetch() });

  if (arrival.isError && arrival.data === undefined) {
    return (
      <DoorLayout title={t("signIn.title")}>
        <Failure error={arrival.error} retry={() => void arrival.refetch()} />
      </DoorLayout>
    );
  }
  if (arrival.data?.at === "second-factor") {
    return (
      <DoorLayout title={t("second.title")}>
        <SecondStep types={arrival.data.types} onStanding={advance} />
        <Button variant="subtle" color="gray" onClick={() => leave.mutate()}>
          {t("second.back")}
        </Button>
      </DoorLayout>
    );
  }
  if (place === "stranger") {
    return (
      <DoorLayout title={t("stranger.title")} text={t("stranger.text")}>
        <Button onClick={() => leave.mutate()} loading={leave.isPending}>
          {t("stranger.signOut")}
        </Button>
      </DoorLayout>
    );
  }
  return (
    <DoorLayout title={t("signIn.title")}>
      {place === "door" ? (
        <PasswordStep onStanding={advance} />
      ) : (
        <Stack aria-busy="true">
          <Skeleton height={42} />
          <Skeleton height={42} />
          <Skeleton height={42} />
        </Stack>
      )}
    </DoorLayout>
  );
}
