/** What helps against an error, by its sort: the API names the sort, the pages say what to do. */

import { useTranslation } from "react-i18next";

const NAMED = /\b(\w+(?:Error|Exception))\b/;

/** By the beginning of the error's name; what nobody has thought of gets the last one. */
const REMEDIES = [
  [/^NoAddress/, "address"],
  [/Connection|Credential|Auth|Permission|Forbidden/, "access"],
  [/Timeout|Unavailable|Network|RateLimit|Retryable/, "later"],
  [/Template|Liquid|Render/, "text"],
  [/Sandbox|Code|Monty/, "code"],
  [/Window|Consent|OptedOut|Quota/, "gate"],
  [/Missing|Subject|Unknown|NotFound|DoesNotExist/, "missing"],
] as const;

export function useRemedy(): (error: string) => string {
  const { t } = useTranslation("executions");
  return (error) => {
    const name = NAMED.exec(error)?.[1] ?? "";
    const [, word] = REMEDIES.find(([pattern]) => pattern.test(name)) ?? [null, "other"];
    return t(`remedy.${word}`);
  };
}
