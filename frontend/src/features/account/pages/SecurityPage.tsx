/** How one signs in: password, second steps, passkeys, and where one is signed in now. */

import { useTranslation } from "react-i18next";

import { Failure, ListSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";

import { AppSection } from "../security/AppSection";
import { CodesSection } from "../security/CodesSection";
import { PasskeysSection } from "../security/PasskeysSection";
import { PasswordSection } from "../security/PasswordSection";
import { SessionsSection } from "../security/SessionsSection";
import { useFactors } from "../security/useFactors";

export function SecurityPage() {
  const { t } = useTranslation("account");
  const factors = useFactors();
  return (
    <Page width="text">
      <PageHeader title={t("security.title")} text={t("security.text")} />
      <PasswordSection />
      {factors.isError && <Failure error={factors.error} retry={() => void factors.refetch()} />}
      {factors.isPending && <ListSkeleton rows={3} />}
      {factors.data && (
        <>
          <AppSection since={factors.data.app} />
          {factors.data.codes && <CodesSection {...factors.data.codes} />}
          <PasskeysSection passkeys={factors.data.passkeys} />
        </>
      )}
      <SessionsSection />
    </Page>
  );
}
