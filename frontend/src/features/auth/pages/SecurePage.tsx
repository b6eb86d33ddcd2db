/** Setting up a second factor where the workspace demands one: the way in leads through here. */

import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "@/components/feedback";
import { AppSetup } from "@/components/second-factor";
import { ApiError } from "@/lib/api";
import { signOut } from "@/lib/door";
import { brandQuery, meQuery } from "@/lib/session";

import { DoorLayout } from "../DoorLayout";
import { safeNext } from "../next";

const route = getRouteApi("/secure-account");

export function SecurePage() {
  const { t } = useTranslation("auth");
  const { next } = route.useSearch();
  const me = useQuery(meQuery);
  const tenant = useQuery(brandQuery).data?.name;
  const again = () => window.location.replace(`/sign-in?next=${encodeURIComponent(safeNext(next))}`);
  const leave = useMutation({ mutationFn: signOut, onSettled: again });
  const nobody = me.error instanceof ApiError && me.error.status === 401;

  useEffect(() => {
    if (nobody)
      window.location.replace(
        `/sign-in?next=${encodeURIComponent("/secure-account" + window.location.search)}`,
      );
  }, [nobody]);

  if (me.isError && !nobody) {
    return (
      <DoorLayout title={t("secure.title")}>
        <Failure error={me.error} retry={() => void me.refetch()} />
      </DoorLayout>
    );
  }
  if (me.data?.security?.has_second_factor === true && !me.data.security.gave_second_factor) {
    return (
      <DoorLayout title={t("secure.title")} text={t("secure.have")}>
        <Button onClick={() => leave.mutate()} loading={leave.isPending}>
          {t("secure.again")}
        </Button>
      </DoorLayout>
    );
  }
  return (
    <DoorLayout
      title={t("secure.title")}
      text={
        me.data?.security?.second_factor_demanded === true
          ? t("secure.text", { tenant: tenant ?? "Wasl" })
          : t("secure.plain")
      }
    >
      {me.data === undefined ? (
        <Skeleton height={220} />
      ) : (
        <AppSetup onDone={() => window.location.replace(safeNext(next))} />
      )}
    </DoorLayout>
  );
}
