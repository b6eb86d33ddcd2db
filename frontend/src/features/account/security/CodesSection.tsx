/** The recovery codes: how many are left, and new ones. */

import { Button, Group, Modal } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { RecoveryCodes } from "@/components/second-factor";
import { newRecoveryCodes, recoveryCodes } from "@/lib/door";
import { useFormat } from "@/lib/format";

import { Section } from "../Section";
import { useFactorChange } from "./useFactors";

export function CodesSection({ left, all }: { left: number; all: number }) {
  const { t } = useTranslation("account");
  const { number } = useFormat();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const show = useFactorChange(recoveryCodes, setCodes);
  const renew = useFactorChange(newRecoveryCodes, setCodes);
  return (
    <Section
      title={t("codes.title")}
      text={t("codes.left", { left: number(left), all: number(all) })}
      action={
        <Group gap="xs">
          <Button variant="default" onClick={() => show.mutate()} loading={show.isPending}>
            {t("codes.show")}
          </Button>
          <Button variant="default" onClick={() => renew.mutate()} loading={renew.isPending}>
            {t("codes.renew")}
          </Button>
        </Group>
      }
    >
      <Modal opened={codes !== null} onClose={() => setCodes(null)} title={t("codes.title")}>
        <RecoveryCodes codes={codes ?? []} />
      </Modal>
      {show.dialog}
      {renew.dialog}
    </Section>
  );
}
