/** The message that is answered, in short; leads to it. */

import { useTranslation } from "react-i18next";

import type { Message } from "../model/types";
import classes from "./thread.module.css";

interface Props {
  quote: NonNullable<Message["quoted"]>;
  contactName: string;
  onJump: (seq: number) => void;
}

export function QuoteBlock({ quote, contactName, onJump }: Props) {
  const { t } = useTranslation("inbox");
  const who = quote.direction === "in" ? contactName : quote.author.name;
  return (
    <button type="button" className={classes.quote} onClick={() => onJump(quote.seq)}>
      <bdi className={classes.quoteWho}>{who === "" ? t(`authors.${quote.author.kind}`) : who}</bdi>
      <bdi className={classes.quoteText}>{quote.text === "" ? t(`kinds.${quote.type}`) : quote.text}</bdi>
    </button>
  );
}
