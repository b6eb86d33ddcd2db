/** What the door refuses, in words for people. */

import { useTranslation } from "react-i18next";

import { ApiError } from "@/lib/api";
import { NoPasskeyError, RefusedError } from "@/lib/door";

/** Codes that have words under `refused`. */
const KNOWN = new Set([
  "email_password_mismatch",
  "enter_current_password",
  "incorrect_code",
  "incorrect_password",
  "invalid_password_reset",
  "password_entirely_numeric",
  "password_too_common",
  "password_too_short",
  "password_too_similar",
  "required",
]);

/** A function that says why something was refused; `undefined` for no error. */
export function useRefusal(): (error: unknown) => string | undefined {
  const { t } = useTranslation("second-factor");
  return (error) => {
    if (error === null || error === undefined) return undefined;
    if (error instanceof NoPasskeyError) return t("refused.no_passkey");
    if (error instanceof RefusedError)
      return KNOWN.has(error.code) ? t(`refused.${error.code}`) : error.message;
    if (error instanceof ApiError) {
      if (error.code === "locked_out") return t("refused.locked_out");
      if (error.status === 429) return t("refused.too_often");
      if (error.status === 0) return t("refused.offline");
      return error.message;
    }
    return error instanceof Error ? error.message : t("refused.offline");
  };
}
