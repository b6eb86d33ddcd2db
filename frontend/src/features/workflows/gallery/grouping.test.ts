import { expect, test } from "vitest";

import type { Schema } from "@/lib/api";

import { categoriesOf, matching } from "./grouping";

function template(slug: string, category: string, name: string): Schema<"Template"> {
  return {
    slug,
    version: 1,
    author: "Wasl",
    name,
    description: "",
    category: { slug: category, label: category },
    languages: ["ar"],
    channels: [],
    connections: [],
    settings: [],
    actions: [],
    sla: null,
    estimated_cost: { currency: "DZD", total: 0, complete: true, lines: [] },
  };
}

const ALL = [
  template("coupon", "sales", "كود تَخفيض"),
  template("hello", "greeting", "Réponse d’accueil"),
  template("cart", "sales", "Panier abandonné"),
];

test("each category once, in the order of the list", () => {
  expect(categoriesOf(ALL).map(({ slug }) => slug)).toEqual(["sales", "greeting"]);
});

test("every word must be there, in whatever marks", () => {
  const found = (search: string, category?: string) =>
    matching(ALL, { search, ...(category !== undefined && { category }) }).map(({ slug }) => slug);
  expect(found("reponse ACCUEIL")).toEqual(["hello"]);
  expect(found("تخفيض")).toEqual(["coupon"]);
  expect(found("", "sales")).toEqual(["coupon", "cart"]);
  expect(found("panier", "greeting")).toEqual([]);
});
