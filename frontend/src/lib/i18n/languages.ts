/** The languages that the pages speak. */

export const LANGUAGES = ["en", "fr", "ar", "fa"] as const;
export type Language = (typeof LANGUAGES)[number];

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: "English",
  fr: "Français",
  ar: "العربية",
  fa: "فارسی",
};

const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set(["ar", "fa"]);
const REMEMBERED = "wasl-language";

/** The language of a tag such as `fr-CA`; English when the pages do not speak it. */
export function languageOf(tag: string | null | undefined): Language {
  const short = tag?.slice(0, 2).toLowerCase();
  return LANGUAGES.find((language) => language === short) ?? "en";
}

export function directionOf(language: Language): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

/** The language of the last visit on this machine, else the browser's. `public/boot.js` decides alike. */
export function rememberedLanguage(): Language {
  return languageOf(localStorage.getItem(REMEMBERED) ?? navigator.language);
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(REMEMBERED, language);
}
