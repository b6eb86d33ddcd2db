/** A time ahead: a few that are often meant, by the business's opening hours, or any other. */

import { Button, Group, Stack, UnstyledButton } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, call } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useTenant } from "@/lib/session";

import { openingsOf, presetsAt, zonedMoment } from "../model/snooze";
import classes from "./when.module.css";

interface Props {
  /** The verb on the button. */
  confirm: string;
  onPick: (when: Date) => void;
}

export function WhenPicker({ confirm, onPick }: Props) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const timeZone = useTenant().timezone ?? "UTC";
  const hours = useQuery({
    queryKey: ["inbox", "business-hours"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/inbox/business-hours/", { signal })),
    staleTime: 300_000,
  }).data?.hours;
  const [now] = useState(() => Date.now());
  const [own, setOwn] = useState<string | null>(null);
  const chosen = own === null ? null : zonedMoment(own, timeZone);

  return (
    <Stack gap={4}>
      {presetsAt(now, { timeZone, openings: openingsOf(hours) }).map(([preset, moment], index) => (
        <UnstyledButton
          key={preset}
          className={classes.preset}
          onClick={() => onPick(new Date(moment))}
          data-autofocus={index === 0 || undefined}
        >
          <span>{t(`when.${preset}`)}</span>
          <span className={classes.moment}>{format.dateTime(moment)}</span>
        </UnstyledButton>
      ))}
      <Group align="flex-end" wrap="nowrap" mt="xs">
        <DateTimePicker
          flex={1}
          label={t("when.own")}
          description={t("when.zone", { zone: timeZone })}
          value={own}
          onChange={setOwn}
          minDate={new Date(now)}
          popoverProps={{ withinPortal: true }}
          valueFormat="D MMM YYYY, HH:mm"
          dropdownType="popover"
        />
        <Button
          disabled={chosen === null || chosen <= now}
          onClick={() => chosen !== null && onPick(new Date(chosen))}
        >
          {confirm}
        </Button>
      </Group>
    </Stack>
  );
}
