import { expect, test } from "vitest";

import { splitProblems } from "./splitting";

const at = (field: string) => ({ kind: "node" as const, id: "x", field, message: `wrong: ${field}` });
const schema = { properties: { text: {}, offset: {} } };

test("each problem goes to the part that can mend it", () => {
  const problems = ["text", "offset.at", "retry.attempts", "all.0.value", ""].map(at);
  expect(splitProblems(problems, schema, new Set(["predicate", "retry"]))).toEqual({
    config: { text: ["wrong: text"], "offset.at": ["wrong: offset.at"] },
    retry: { attempts: ["wrong: retry.attempts"] },
    predicate: { "all.0.value": ["wrong: all.0.value"] },
    general: ["wrong: "],
  });
});

test("a field that the schema does not know is still told, with the config", () => {
  expect(splitProblems([at("old")], schema, new Set()).config).toEqual({ old: ["wrong: old"] });
});
