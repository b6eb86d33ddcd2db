/** A scope in words: what it lets one do. */

import { useTranslation } from "react-i18next";

/** The words for a scope's slug; the API's own English where a newer back end has one that these pages do not know. */
export function useScopeWords(): (slug: string, otherwise?: string) => { title: string; text: string } {
  const { t } = useTranslation("team");
  return (slug, otherwise = slug) => {
    const key = slug.replace(":", "_");
    return {
      title: t(`scopes.${key}.title`, { defaultValue: slug }),
      text: t(`scopes.${key}.text`, { defaultValue: otherwise }),
    };
  };
}
