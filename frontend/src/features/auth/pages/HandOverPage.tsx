/** Arriving from another workspace: the address's secret opens a session here, once. */

import { Button, Skeleton, Stack } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "@/components/feedback";
import { api, ApiError, call } from "@/lib/api";
import { haveToken, signOut } from "@/lib/door";

import { DoorLayout } from "../DoorLayout";
import { safeNext } from "../next";
import { useSecret } from "../useSecret";

export function HandOverPage() {
  const { t } = useTranslation("auth");
  const secret = useSecret();
  // A query, for it is asked once however often the page is drawn.
  const arrival = useQuery({
    queryKey: ["door", "hand-over", secret],
    queryFn: async () => {
      await haveToken();
      return call(api.POST("/api/v1/auth/hand-over/accept/", { body: { secret } }));
    },
    retry: false,
    staleTime: Infinity,
  });
  const leave = useMutation({ mutationFn: signOut, onSettled: () => window.location.assign("/sign-in") });
  const arrived = arrival.isSuccess;

  useEffect(() => {
    if (arrived) window.location.replace(safeNext(undefined));
  }, [arrived]);

  const code = arrival.error instanceof ApiError ? arrival.error.code : "";
  if (code === "signed_in_as_another") {
    return (
      <DoorLayout title={t("handOver.otherTitle")} text={t("handOver.otherText")}>
        <Button onClick={() => leave.mutate()} loading={leave.isPending}>
          {t("handOver.signOut")}
        </Button>
      </DoorLayout>
    );
  }
  if (code === "bad_hand_over" || code === "validation_error") {
    return (
      <DoorLayout title={t("handOver.badTitle")} text={t("handOver.badText")}>
        <Button component={Link} to="/sign-in">
          {t("handOver.signIn")}
        </Button>
      </DoorLayout>
    );
  }
  return (
    <DoorLayout title={t("handOver.title")}>
      {arrival.isError ? (
        <Failure error={arrival.error} retry={() => void arrival.refetch()} />
      ) : (
        <Stack aria-busy="true">
          <Skeleton height={14} width="80%" />
          <Skeleton height={14} width="60%" />
        </Stack>
      )}
    </DoorLayout>
  );
}
