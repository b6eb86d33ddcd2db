/** The readings behind the inputs: lengths of time, schedules, choices, errors by their places. */

import { describe, expect, test } from "vitest";

import { contrastOf } from "./color";
import { asKind, cronOf, scheduleOf, weekdaysOf } from "./cron";
import { durationOf, formOf, secondsOf, writtenDuration } from "./duration";
import { below, dotted, merged, placed } from "./errors";
import { freeName, renamed } from "./fields/MapField";
import { alternativeOf } from "./fields/UnionField";
import { choicesOf, humanised, inputOf } from "./inputs";
import { placesOf } from "./prepare";
import { folded } from "./schema";
import { isValid, problemsOf } from "./validation";

describe("lengths of time", () => {
  test.each([
    ["2h", 7200],
    ["PT2H30M", 9000],
    ["P1DT12H", 129_600],
    ["2h 30m", 9000],
    ["3 days", 259_200],
    ["۳۰m", 1800],
    [{ hours: 24 }, 86_400],
    [{ days: 1, minutes: 30 }, 88_200],
    [90, 90],
    ["soon", null],
    ["2x", null],
    [{ months: 1 }, null],
    [null, null],
  ])("%j is %j seconds", (value, seconds) => expect(secondsOf(value)).toBe(seconds));

  test("are shown in the largest unit without a fraction", () => {
    expect(durationOf(86_400)).toEqual({ amount: 1, unit: "days" });
    expect(durationOf(5400)).toEqual({ amount: 90, unit: "minutes" });
    expect(durationOf(0)).toEqual({ amount: 0, unit: "seconds" });
    expect(durationOf(86_400, ["hours"])).toEqual({ amount: 24, unit: "hours" });
  });

  test("are written in the form that they had, else as the type asks", () => {
    const hours = { amount: 2, unit: "hours" } as const;
    expect(writtenDuration(hours, formOf("30m", "object"))).toBe("2h");
    expect(writtenDuration(hours, formOf({ days: 1 }, "string"))).toEqual({ hours: 2 });
    expect(writtenDuration(hours, formOf(undefined, "object"))).toEqual({ hours: 2 });
    expect(writtenDuration(hours, formOf(undefined, "integer"))).toBe(7200);
    expect(writtenDuration({ amount: 2, unit: "weeks" }, "parts")).toEqual({ days: 14 });
  });
});

describe("schedules", () => {
  test.each([
    "*/15 * * * *",
    "5 * * * *",
    "0 9 * * *",
    "30 17 * * sun,mon,tue",
    "0 8 1 * *",
    "0 9 * 1 *",
    "0 0 29 2 1",
    "*/7 * * * *",
    "@daily",
    "",
  ])("%s comes out as it went in", (text) => expect(cronOf(scheduleOf(text))).toBe(text));

  test("weekdays by name, number and range, also across Saturday", () => {
    expect(weekdaysOf("sun-thu")).toEqual(["sun", "mon", "tue", "wed", "thu"]);
    expect(weekdaysOf("5-1")).toEqual(["sun", "mon", "fri", "sat"]);
    expect(weekdaysOf("7,3")).toEqual(["sun", "wed"]);
    expect(weekdaysOf("mon#2")).toBeNull();
  });

  test("another kind keeps the time of day", () => {
    expect(cronOf(asKind(scheduleOf("30 17 * * *"), "monthly"))).toBe("30 17 1 * *");
    expect(asKind(scheduleOf("30 17 * * *"), "custom")).toEqual({ kind: "custom", text: "30 17 * * *" });
  });
});

describe("schemas", () => {
  test("what may be null is what it is, marked", () => {
    const schema = folded({
      anyOf: [{ $ref: "#/$defs/Size" }, { type: "null" }],
      title: "Size",
      $defs: { Size: { type: "string", enum: ["s"], title: "SizeEnum" } },
    });
    expect(schema).toEqual({
      type: "string",
      enum: ["s"],
      title: "Size",
      "x-nullable": true,
      "x-class": "SizeEnum",
    });
  });

  test("a schema that holds itself ends in free JSON", () => {
    const tree = {
      $ref: "#/$defs/Node",
      $defs: { Node: { type: "object", properties: { child: { $ref: "#/$defs/Node" } } } },
    };
    expect(placesOf(tree).properties.child?.draw).toBe("json");
  });

  test.each([
    [{ type: "string", format: "password" }, "secret"],
    [{ type: "number", format: "money" }, "money"],
    [{ type: "string", format: "template-text" }, "liquid"],
    [{ type: "string", format: "segment" }, "relation"],
    [{ type: "string", format: "segment", "x-choices": [{ value: "vip", label: "VIP" }] }, "select"],
    [{ type: "array", items: { enum: ["a", "b"] } }, "checkboxes"],
    [{ type: "array", items: { type: "string" } }, "list"],
    [{ type: "array", items: { type: "object", properties: { a: {} } } }, "array"],
    [{ type: "object", additionalProperties: true }, "map"],
    [{ anyOf: [{ type: "string" }, { type: "integer" }] }, "any"],
    [{ anyOf: [{ type: "string" }, { type: "object", properties: { a: {} } }] }, "union"],
    [{}, "any"],
    [{ type: "string", "x-widget": "unheard-of" }, "text"],
  ])("%j is drawn as %s", (schema, drawn) => expect(inputOf(schema)).toBe(drawn));

  test("choices have their labels, else readable words", () => {
    expect(choicesOf({ enum: ["round_robin", "GET", null], "x-enum-labels": { GET: "Fetch" } })).toEqual([
      { value: "round_robin", label: "Round robin" },
      { value: "GET", label: "Fetch" },
    ]);
    expect(humanised("2xx")).toBe("2xx");
  });
});

describe("checking", () => {
  const schema = {
    type: "object",
    properties: {
      url: { type: "string", maxLength: 5, title: "Url" },
      pay: {
        oneOf: [
          { type: "object", properties: { by: { const: "cash" } } },
          {
            type: "object",
            properties: { by: { const: "card" }, digits: { type: "string" } },
            required: ["digits"],
          },
        ],
      },
      rows: {
        type: "array",
        items: { type: "object", properties: { n: { type: "integer", minimum: 1 } } },
        minItems: 1,
      },
      odd: { type: "string", pattern: "(?P<re2>a)" },
      at: { type: "string", format: "time" },
    },
    required: ["url"],
    additionalProperties: false,
  };

  test("finds each cause at its place, and only the meant alternative's", () => {
    const value = { url: "longer", pay: { by: "card" }, rows: [{ n: 0 }, { n: "x" }], more: 1 };
    expect(
      problemsOf(schema, value).map(({ path, keyword, limit }) => [path.join("."), keyword, limit]),
    ).toEqual([
      ["url", "maxLength", 5],
      ["pay.digits", "required", ["digits"]],
      ["rows.0.n", "minimum", 1],
      ["rows.1.n", "type", "integer"],
      ["more", "false", undefined],
    ]);
    expect(problemsOf(schema, {})).toMatchObject([{ path: ["url"], keyword: "required" }]);
  });

  test("patterns and formats of the back end's own are left to it", () => {
    expect(isValid(schema, { url: "a", odd: "zzz", at: "09:00" })).toBe(true);
  });

  test("a union's alternative is known by its mark, else by what fits", () => {
    const { alternatives } = placesOf(schema).properties.pay ?? placesOf({});
    expect(alternativeOf(alternatives, { by: "card" })).toBe(1);
    expect(alternativeOf(alternatives, { by: "cheque" })).toBe(-1);
    const shapes = placesOf({
      anyOf: [{ type: "string" }, { type: "object", properties: { a: { type: "string" } } }],
    });
    expect(alternativeOf(shapes.alternatives, "x")).toBe(0);
    expect(alternativeOf(shapes.alternatives, { a: "x" })).toBe(1);
  });

  test("errors go to the nearest field, the others to the summary", () => {
    const form = placesOf(schema);
    const { fields, others } = placed(form, {
      "rows.0.n": ["1"],
      "url.deep.er": ["2"],
      "/pay/digits": ["3"],
      nothing: ["4"],
      "": ["5"],
    });
    expect(fields).toEqual({ "rows.0.n": ["1"], url: ["2"], "pay.digits": ["3"] });
    expect(others.map(({ message }) => message)).toEqual(["4", "5"]);
  });
});

test("errors below a place, joined without repetition", () => {
  expect(below({ "/a/b": ["x"], "a.b.0.c": ["y"], ab: ["z"] }, "a")).toEqual({ b: ["x"], "b.0.c": ["y"] });
  expect(merged({ "a.b": ["x"] }, { "/a/b": ["x", "y"] })).toEqual({ "a.b": ["x", "y"] });
  expect(dotted("/all/0/value")).toBe("all.0.value");
});

test("names of a map", () => {
  expect(Object.keys(renamed({ a: 1, b: 2 }, "a", "c"))).toEqual(["c", "b"]);
  expect(renamed({ a: 1, b: 2 }, "a", "b")).toEqual({ a: 1, b: 2 });
  expect(freeName({ name_2: 1 }, "name_")).toBe("name_3");
});

test("contrast by WCAG", () => {
  expect(contrastOf("#ffffff")).toEqual({ text: "#000000", ratio: 21 });
  expect(contrastOf("#0f766e")?.text).toBe("#ffffff");
  expect(contrastOf("teal")).toBeNull();
});
