/** Keeps the page's language and direction with the chosen language. */

import { DatesProvider } from "@mantine/dates";
import { useDirection } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import "dayjs/locale/ar-dz";
import "dayjs/locale/fa";
import "dayjs/locale/fr";

import { directionOf, languageOf, rememberLanguage } from "@/lib/i18n";

const DAYJS = { en: "en", fr: "fr", ar: "ar-dz", fa: "fa" } as const;
/** Where these languages' weeks begin, as `Date.getDay()` counts. */
const FIRST_DAY = { en: 1, fr: 1, ar: 0, fa: 6 } as const;

export function LanguageProvider({ children }: { children: React.ReactNode }) {
  const { i18n } = useTranslation();
  const { setDirection } = useDirection();
  const language = languageOf(i18n.language);

  useEffect(() => {
    rememberLanguage(language);
    document.documentElement.lang = language;
    setDirection(directionOf(language));
  }, [language, setDirection]);

  return (
    <DatesProvider settings={{ locale: DAYJS[language], firstDayOfWeek: FIRST_DAY[language] }}>
      {children}
    </DatesProvider>
  );
}
