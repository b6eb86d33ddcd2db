import { expect, test } from "vitest";

import { stillThere, withSaid } from "./presence";

const yacine = { id: "7", name: "ياسين" };

test("looking, writing, leaving", () => {
  const looking = withSaid([], { doing: "viewing", member: yacine }, 0);
  const writing = withSaid(looking, { doing: "typing", member: yacine }, 1000);
  expect(writing.map(({ doing }) => doing)).toEqual(["typing"]);
  expect(withSaid(writing, { doing: "left", member: yacine }, 2000)).toEqual([]);
});

test("who stops writing goes on looking, and who says nothing is gone in the end", () => {
  const writing = withSaid([], { doing: "typing", member: yacine }, 0);
  expect(stillThere(writing, 8_000).map(({ doing }) => doing)).toEqual(["viewing"]);
  expect(stillThere(writing, 120_000)).toEqual([]);
});

test("one member does not drive out another", () => {
  const first = withSaid([], { doing: "viewing", member: yacine }, 0);
  const both = withSaid(first, { doing: "typing", member: { id: "8", name: "نادية" } }, 10);
  expect(both.map(({ name }) => name)).toEqual(["ياسين", "نادية"]);
});
