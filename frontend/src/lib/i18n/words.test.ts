/** The words: every language has all of them, in all the plural forms that it needs, and code names no other. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { LANGUAGES, type Language } from "./languages";

const SOURCE = join(import.meta.dirname, "../..");
const PLURAL = /_(zero|one|two|few|many|other)$/;

type Words = { [key: string]: string | Words };

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" });
}

function flat(words: Words, prefix = ""): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([key, value]): [string, string][] =>
      typeof value === "string" ? [[prefix + key, value]] : [...flat(value, `${prefix}${key}.`)],
    ),
  );
}

const folders = filesIn(SOURCE)
  .filter((path) => path.endsWith("locales/en.json"))
  .map((path) => path.replace(/\/locales\/en\.json$/, ""));

function wordsOf(folder: string, language: Language): Map<string, string> {
  return flat(JSON.parse(readFileSync(join(SOURCE, folder, "locales", `${language}.json`), "utf8")) as Words);
}

const placeholders = (text: string): string[] => [...new Set(text.match(/{{\w+/g))].sort();

describe.each(folders)("%s", (folder) => {
  const english = wordsOf(folder, "en");
  const plurals = new Set(
    [...english.keys()].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, "")),
  );
  const singles = [...english.keys()].filter((key) => !PLURAL.test(key));

  test.each(LANGUAGES)("%s is complete", (language) => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const expected = [...singles, ...[...plurals].flatMap((key) => forms.map((form) => `${key}_${form}`))];
    expect([...wordsOf(folder, language).keys()].sort()).toEqual(expected.sort());
  });

  test.each(LANGUAGES)("%s fills in the same values, and no text is empty", (language) => {
    const words = wordsOf(folder, language);
    for (const key of singles)
      expect([key, placeholders(words.get(key) ?? "")]).toEqual([key, placeholders(english.get(key) ?? "")]);
    expect([...words].filter(([, text]) => text.trim() === "")).toEqual([]);
  });
});

test("code asks only for words that exist", () => {
  const known = new Map(folders.map((folder) => [folder.split("/").at(-1), wordsOf(folder, "en")]));
  const missing: string[] = [];
  for (const path of filesIn(SOURCE).filter((each) => /(?<!\.test)\.tsx?$/.test(each))) {
    const code = readFileSync(join(SOURCE, path), "utf8");
    const used = /useTranslation\("([^"]+)"/.exec(code)?.[1] ?? "app";
    if (!code.includes("useTranslation(")) continue;
    for (const [, key = ""] of code.matchAll(/\bt\(\s*"([^"]+)"/g)) {
      const [namespace, name] = key.includes(":") ? (key.split(":") as [string, string]) : [used, key];
      const words = known.get(namespace);
      if (words?.has(name) !== true && words?.has(`${name}_other`) !== true) missing.push(`${path}: ${key}`);
    }
  }
  expect(missing).toEqual([]);
});
