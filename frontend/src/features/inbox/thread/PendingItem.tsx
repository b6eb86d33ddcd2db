/** A message on its way to the server, or one that did not get there. */

import { Button, Group } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import type { Pending } from "../model/thread";
import { DeliveryState } from "./DeliveryState";
import { Linked } from "./Linked";
import classes from "./thread.module.css";

interface Props {
  pending: Pending;
  onAgain: (pending: Pending) => void;
  onDiscard: (pending: Pending) => void;
}

export function PendingItem({ pending, onAgain, onDiscard }: Props) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const failed = pending.error !== "";
  return (
    <article className={classes.message} data-side="out" data-kind={pending.kind} data-first data-last>
      <div className={classes.bubble}>
        {pending.kind === "note" && <IconLock size={13} stroke={1.8} aria-label={t("thread.note")} />}
        {pending.files.map((name) => (
          <bdi key={name} className={classes.fileName}>
            {name}
          </bdi>
        ))}
        <p className={classes.text} dir="auto" data-prose>
          <Linked text={pending.text} />
        </p>
      </div>
      <div className={classes.foot}>
        <time dateTime={pending.createdAt}>{format.time(pending.createdAt)}</time>
        <DeliveryState state={failed ? "failed" : "queued"} />
      </div>
      {failed && (
        <div className={classes.failure}>
          <span className={classes.failureText} role="alert">
            {pending.error}
          </span>
          <Group gap={6}>
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onDiscard(pending)}>
              {t("thread.discard")}
            </Button>
            <Button size="compact-xs" variant="light" color="red" onClick={() => onAgain(pending)}>
              {t("thread.again")}
            </Button>
          </Group>
        </div>
      )}
    </article>
  );
}
