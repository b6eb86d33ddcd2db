/** Why a message failed and what to do, in the reader's language where the code is known. */

import { useTranslation } from "react-i18next";

import type { Message } from "../model/types";

export function useFailureText(failure: NonNullable<Message["failure"]>): string {
  const { t } = useTranslation("inbox");
  // Codes that a newer server knows have no words here yet: the server's own serve.
  return t(`failures.${failure.code}`, { defaultValue: `${failure.title} ${failure.fix}` });
}
