/** A role in words: its title, and for whom it is. */

import { useTranslation } from "react-i18next";

/** The words for a role's slug; the installation's own label for roles that it has added. */
export function useRoleWords(): (slug: string, label: string) => { title: string; text: string } {
  const { t } = useTranslation("team");
  return (slug, label) => ({
    title: t(`roles.known.${slug}.title`, { defaultValue: label }),
    text: t(`roles.known.${slug}.text`, { defaultValue: "" }),
  });
}
