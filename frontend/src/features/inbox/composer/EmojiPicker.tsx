/** Emojis by kind, found by their names in the reader's language. */

import { Skeleton, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { languageOf, LANGUAGES } from "@/lib/i18n";

import { folded } from "../model/folding";
import classes from "./composer.module.css";

/** An emoji with its names, in the order of the languages. */
type Row = readonly string[];

export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const { t, i18n } = useTranslation("inbox");
  const [typed, setTyped] = useState("");
  const groups = useQuery({
    queryKey: ["inbox", "emojis"],
    // The list is big enough to be fetched only when somebody looks for one.
    queryFn: async (): Promise<Readonly<Record<string, readonly Row[]>>> =>
      (await import("./emojis.json")).default,
    staleTime: Infinity,
  }).data;
  const column = 1 + LANGUAGES.indexOf(languageOf(i18n.language));
  const wanted = folded(typed);
  const matches = (row: Row): boolean =>
    wanted === "" || folded(`${row[column] ?? ""} ${row[1] ?? ""}`).includes(wanted);

  return (
    <div className={classes.emojis}>
      <TextInput
        size="xs"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        placeholder={t("emoji.search")}
        aria-label={t("emoji.search")}
        data-autofocus
      />
      <div className={classes.emojiGroups}>
        {groups === undefined && <Skeleton height={220} />}
        {Object.entries(groups ?? {}).map(([group, rows]) => {
          const shown = rows.filter(matches);
          if (shown.length === 0) return null;
          return (
            <section key={group} aria-label={t(`emoji.groups.${group}`)}>
              <Text size="xs" c="var(--wasl-muted)" fw={600} my={4}>
                {t(`emoji.groups.${group}`)}
              </Text>
              <div className={classes.emojiGrid}>
                {shown.map((row) => (
                  <button
                    key={row[0]}
                    type="button"
                    className={classes.emoji}
                    onClick={() => onPick(row[0] ?? "")}
                    aria-label={row[column] ?? row[0]}
                    title={row[column]}
                  >
                    {row[0]}
                  </button>
                ))}
              </div>
            </section>
          );
        })}
      </div>
    </div>
  );
}
