/** The predicate builder's edits: whatever is done, the grammar takes what comes out. */

import i18next, { type TFunction } from "i18next";
import { beforeAll, describe, expect, test } from "vitest";

import { formatFor } from "@/lib/format";
import { LANGUAGES } from "@/lib/i18n";

import {
  type Catalogue,
  catalogueOf,
  type Field,
  fieldAt,
  newLine,
  withField,
  withOperator,
} from "./catalogue";
import { faultsOf, isPredicate, readPredicate } from "./check";
import * as edit from "./edit";
import cases from "./fixtures/cases.json";
import ar from "./locales/ar.json";
import en from "./locales/en.json";
import fa from "./locales/fa.json";
import fr from "./locales/fr.json";
import { sentence } from "./sentence";
import type { Comparison, Predicate } from "./types";

const FIELDS = ["text", "number", "boolean", "datetime", "list", "object", "any"].map((type) => ({
  path: type === "object" ? "user" : `event.data.${type}`,
  label: type,
  type,
  operators: cases.operators.filter(({ types }) => types.includes(type)).map(({ slug }) => slug),
  choices: [],
  example: null,
}));
const catalogue: Catalogue = catalogueOf({
  fields: FIELDS,
  operators: cases.operators,
  event_types: [],
} as unknown as Parameters<typeof catalogueOf>[0]);
const { operators } = catalogue;
const documents = cases.documents as unknown as Comparison[];

const a: Comparison = { field: "user.name", op: "equals", value: "أمينة" };
const b: Comparison = { field: "user.tags", op: "contains", value: "زبون" };
const c: Comparison = { field: "user.language", op: "in", value: ["fa", "ar"] };
const tree: Predicate = { all: [a, { any: [b, { not: { all: [c, a] } }] }, { not: b }] };

/** Every place in a tree. */
function places(node: Predicate, path: edit.Path = []): edit.Path[] {
  const below =
    "not" in node
      ? places(node.not, [...path, "not"])
      : (edit.childrenOf(node) ?? []).flatMap((child, index) => places(child, [...path, index]));
  return [path, ...below];
}

function leaves(node: Predicate | null): Comparison[] {
  if (node === null) return [];
  if ("not" in node) return leaves(node.not);
  return edit.childrenOf(node)?.flatMap(leaves) ?? [node as Comparison];
}

test("the back end's whole table of predicates is known", () => {
  expect(documents.length).toBeGreaterThan(200);
  for (const document of documents) {
    expect(isPredicate(document), JSON.stringify(document)).toBe(true);
    expect(faultsOf(document, operators), JSON.stringify(document)).toEqual([]);
  }
});

test("what is only looked at comes out as it went in", () => {
  for (const document of documents) {
    const whole: Predicate = { all: [{ not: document }, { any: [document, { all: [] }] }] };
    const before = JSON.stringify(whole);
    expect(JSON.stringify(readPredicate(JSON.parse(before)))).toBe(before);
    for (const path of places(whole)) expect(edit.changed(whole, path, (node) => node)).toEqual(whole);
    expect(edit.negated(edit.negated(whole, [1]), [1, "not"])).toEqual(whole);
    expect(edit.unwrapped(edit.wrapped(whole, [0]), [0])).toEqual(whole);
    expect(withOperator(catalogue, document, document.op)).toEqual(document);
    expect(JSON.stringify(whole)).toBe(before);
  }
});

describe("every edit at every place keeps a valid predicate", () => {
  const edits: Record<string, (path: edit.Path) => Predicate | null> = {
    removed: (path) => edit.removed(tree, path),
    wrapped: (path) => edit.wrapped(tree, path),
    unwrapped: (path) => edit.unwrapped(tree, path),
    negated: (path) => edit.negated(tree, path),
    regrouped: (path) => edit.regrouped(tree, path, "any"),
    appended: (path) => edit.appended(tree, path, newLine(catalogue, undefined)),
    up: (path) => edit.stepped(tree, path, -1)?.root ?? tree,
    down: (path) => edit.stepped(tree, path, 1)?.root ?? tree,
  };
  test.each(Object.keys(edits))("%s", (name) => {
    const before = JSON.stringify(tree);
    for (const path of places(tree)) {
      const next = edits[name]?.(path) ?? null;
      if (next !== null) expect(faultsOf(next, operators), path.join(".")).toEqual([]);
    }
    expect(JSON.stringify(tree)).toBe(before);
  });

  test("moved: from every place to every place, nothing is lost or doubled", () => {
    const all = leaves(tree)
      .map((line) => JSON.stringify(line))
      .sort();
    let moves = 0;
    for (const path of places(tree))
      for (const parent of places(tree))
        for (
          let index = 0;
          index <= (edit.childrenOf(edit.at(tree, parent) ?? a)?.length ?? -1);
          index += 1
        ) {
          const moved = edit.moved(tree, path, parent, index);
          if (moved === null) continue;
          moves += 1;
          expect(faultsOf(moved.root, operators)).toEqual([]);
          expect(
            leaves(moved.root)
              .map((line) => JSON.stringify(line))
              .sort(),
          ).toEqual(all);
          expect(edit.at(moved.root, moved.path)).toEqual(edit.at(tree, path));
        }
    expect(moves).toBeGreaterThan(40);
  });
});

test("nothing goes into itself, and the root stays where it is", () => {
  expect(edit.moved(tree, [1], [1, 1, "not"], 0)).toBeNull();
  expect(edit.moved(tree, [], [1], 0)).toBeNull();
  expect(edit.removed(tree, [])).toBeNull();
});

test("the arrow keys walk through groups and out again", () => {
  const flat: Predicate = { all: [a, { any: [b] }] };
  const into = edit.stepped(flat, [0], 1);
  expect(into).toEqual({ root: { all: [{ any: [a, b] }] }, path: [0, 0] });
  expect(edit.stepped(into?.root ?? flat, [0, 0], -1)).toEqual({ root: flat, path: [0] });
  expect(edit.stepped(flat, [0], -1)).toBeNull();
});

test("removing the last line of a group leaves the group, and a negation goes with its content", () => {
  expect(edit.removed({ all: [a] }, [0])).toEqual({ all: [] });
  expect(edit.removed({ all: [a, { not: b }] }, [1, "not"])).toEqual({ all: [a] });
});

test("errors find their line by where it stands in the document", () => {
  expect(edit.documentPath(tree, [1, 1, "not", 0])).toBe("all.1.any.1.not.all.0");
  expect(edit.documentPath(a, [])).toBe("");
});

describe("another field or operator", () => {
  const everyField = catalogue.fields;

  test("gives a line that the field offers", () => {
    for (const document of documents)
      for (const field of everyField) {
        const next = withField(catalogue, document, field.path);
        expect(field.operators).toContain(next.op);
        expect(isPredicate(next)).toBe(true);
      }
  });

  test("a value stays where it fits, and becomes a list where one is wanted", () => {
    expect(withOperator(catalogue, a, "not_equals")).toEqual({ ...a, op: "not_equals" });
    expect(withOperator(catalogue, a, "icontains")).toEqual({ ...a, op: "icontains" });
    expect(withOperator(catalogue, a, "in")).toEqual({ ...a, op: "in", value: ["أمينة"] });
    expect(withOperator(catalogue, c, "equals")).toEqual({ ...c, op: "equals", value: "fa" });
    expect(withOperator(catalogue, a, "is_null")).toEqual({ field: "user.name", op: "is_null" });
  });
});

test("faults are found where they are", () => {
  const broken = {
    all: [
      { field: "user.name", op: "contains", value: "" },
      { any: 3 },
      { field: "x", op: "is" },
      { all: [], any: [] },
      5,
    ],
  };
  expect(faultsOf(broken, operators)).toEqual([
    { path: "all.0.value", fault: "empty" },
    { path: "all.1.any", fault: "list" },
    { path: "all.2.op", fault: "operator" },
    { path: "all.3", fault: "mixed" },
    { path: "all.4", fault: "object" },
  ]);
  expect(isPredicate(broken)).toBe(false);
  expect(readPredicate({})).toBeNull();
});

describe("sentences", () => {
  let translate: (language: string) => TFunction<"predicate">;

  beforeAll(async () => {
    const i18n = i18next.createInstance();
    const resources = { ar, en, fa, fr };
    await i18n.init({
      resources: Object.fromEntries(
        Object.entries(resources).map(([language, words]) => [language, { predicate: words }]),
      ),
      interpolation: { escapeValue: false },
    });
    translate = (language) => i18n.getFixedT(language, "predicate");
  });

  const said = (node: Predicate, language: (typeof LANGUAGES)[number]): string =>
    sentence(node, {
      t: translate(language),
      format: formatFor({ language }),
      catalogue,
      title: (path) => path,
    });

  test("say groups, negations and values", () => {
    expect(said({ all: [a, { any: [b, { not: c }] }] }, "en")).toBe(
      "user.name is “أمينة” and (user.tags contains “زبون” or not user.language is one of “fa” or “ar”)",
    );
    const often: Predicate = {
      field: "user",
      op: "performed",
      value: { event_type: "ORDER_PLACED", within: "30d", at_least: 3 },
    };
    expect(said(often, "fr")).toBe("user : ORDER_PLACED au moins 3 fois sur 30 jours");
    expect(said({ all: [] }, "ar")).toBe("دائمًا");
  });

  test.each(LANGUAGES)("have words for every predicate of the table in %s", (language) => {
    for (const document of documents) {
      const text = said({ not: { all: [document, document] } }, language);
      expect(text).not.toMatch(/phrases\.|times\.|window\.|value\.|{{|undefined/);
      expect(text.length).toBeGreaterThan(10);
    }
  });
});

test("an event's data and the tenant's own fields are offered", () => {
  const served = {
    fields: FIELDS,
    operators: cases.operators,
    event_types: [
      {
        code: "ORDER_PLACED",
        label: "Order",
        schema: {
          properties: {
            total: { type: "integer", title: "Total" },
            at: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }], title: "At" },
          },
        },
      },
    ],
  } as unknown as Parameters<typeof catalogueOf>[0];
  const full = catalogueOf(served, {
    eventType: "ORDER_PLACED",
    own: [{ slug: "city", label: "المدينة", type: "choice", choices: ["وهران"] }],
  });
  const kinds = (paths: string[]): Field["type"][] => paths.map((path) => fieldAt(full, path).type);
  expect(kinds(["event.data.total", "event.data.at", "user.custom.city"])).toEqual([
    "number",
    "datetime",
    "text",
  ]);
  expect(withField(full, a, "user.custom.city")).toEqual({
    field: "user.custom.city",
    op: "equals",
    value: "وهران",
  });
});
