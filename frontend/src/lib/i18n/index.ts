/** Translations: one namespace a folder, fetched in the language and at the moment in which it is needed. */

import i18next, { type BackendModule, type ResourceKey } from "i18next";
import { initReactI18next } from "react-i18next";

import { LANGUAGES, rememberedLanguage } from "./languages";

export {
  directionOf,
  LANGUAGE_NAMES,
  LANGUAGES,
  languageOf,
  rememberLanguage,
  type Language,
} from "./languages";

type Load = () => Promise<{ default: ResourceKey }>;

/** Where words live: `…/<namespace>/locales/<language>.json`, of the app, each feature and each kind of component. */
const files = import.meta.glob<{ default: ResourceKey }>([
  "../../app/locales/*.json",
  "../../features/*/locales/*.json",
  "../../components/*/locales/*.json",
]);

const loads: ReadonlyMap<string, Load> = new Map(
  Object.entries(files).map(([path, load]) => {
    const [, namespace, language] = /([^/]+)\/locales\/(\w+)\.json$/.exec(path) ?? [];
    return [`${namespace}/${language}`, load];
  }),
);

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read(language, namespace, done) {
    const load = loads.get(`${namespace}/${language}`);
    if (load === undefined) {
      done(new Error(`There are no words "${namespace}" in "${language}".`), null);
      return;
    }
    load().then(
      (file) => done(null, file.default),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
    );
  },
};

export async function startTranslations(): Promise<void> {
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: rememberedLanguage(),
      fallbackLng: "en",
      supportedLngs: LANGUAGES,
      ns: ["app"],
      defaultNS: "app",
      interpolation: { escapeValue: false },
      returnNull: false,
    });
}
