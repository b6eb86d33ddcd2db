/** Every form that the back end serves: it is drawn, gives its example back as it was, and says what is wrong where it is. */

import { DirectionProvider, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { Suspense } from "react";
import { initReactI18next } from "react-i18next";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import code from "@/components/code/locales/en.json";
import predicate from "@/components/predicate/locales/en.json";
import relation from "@/components/relation/locales/en.json";
import { meQuery, tenantQuery } from "@/lib/session";

import DrawnForm from "./DrawnForm";
import forms from "./fixtures/schemas.json";
import { inputOf } from "./inputs";
import words from "./locales/en.json";
import { placesOf, type Place } from "./prepare";
import type { FormValue, JSONSchema } from "./types";
import { problemsOf } from "./validation";

const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });

beforeAll(async () => {
  // jsdom has no fonts, whose loading Mantine's growing text areas wait for.
  Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });
  await i18next.use(initReactI18next).init({
    lng: "en",
    resources: { en: { "schema-form": words, code, predicate, relation } },
    interpolation: { escapeValue: false },
  });
});

beforeEach(() => {
  // What inputs ask for; there is nothing to pick from.
  client.setQueryData(["workflow", "fields"], { fields: [], operators: [], event_types: [] });
  client.setQueryData(meQuery.queryKey, { scopes: ["admin:all"] } as never);
  client.setQueryData(tenantQuery.queryKey, {
    region: "DZ",
    currency: "DZD",
    timezone: "Africa/Algiers",
  } as never);
});

interface Shown {
  schema: JSONSchema;
  value: FormValue;
  onChange?: (value: FormValue) => void;
  errors?: Record<string, string[]>;
  onSubmit?: (value: FormValue) => void;
}

async function show({ onChange = vi.fn(), ...form }: Shown) {
  await act(async () => {
    render(
      <DirectionProvider>
        <QueryClientProvider client={client}>
          <MantineProvider env="test">
            <Suspense>
              <DrawnForm {...form} onChange={onChange} submitLabel="Save" />
            </Suspense>
          </MantineProvider>
        </QueryClientProvider>
      </DirectionProvider>,
    );
    await Promise.resolve();
  });
}

/** The first place of the form that can be wrong by itself. */
function firstInput(place: Place, path: readonly string[] = []): readonly string[] | null {
  for (const [name, each] of Object.entries(place.properties)) {
    if (each.schema.const !== undefined || each.schema["x-when"] !== undefined) continue;
    if (each.draw !== "object") return [...path, name];
  }
  return null;
}

describe.each(forms)("$name", ({ schema, example }) => {
  const value = example ?? {};

  test("draws its fields, and gives its example back as it was", async () => {
    const onChange = vi.fn();
    await show({ schema, value, onChange });
    for (const [name, place] of Object.entries(placesOf(schema).properties)) {
      if (place.schema["x-when"] !== undefined || place.schema.const !== undefined) continue;
      expect(document.querySelector(`[data-path="${name}"]`), name).not.toBeNull();
    }
    expect(onChange).not.toHaveBeenCalled();
  });

  test("shows what the back end says of a field at that field", async () => {
    const path = firstInput(placesOf(schema))?.join(".");
    if (path === undefined) {
      await show({ schema, value, errors: { elsewhere: ["غير صالح"] } });
      expect(screen.getByText("غير صالح")).toBeTruthy();
      return;
    }
    await show({ schema, value, errors: { [path]: ["غير صالح"], "elsewhere.0": ["نامعتبر"] } });
    expect(document.querySelector(`[data-path="${path}"]`)?.textContent).toContain("غير صالح");
    expect(screen.getByText(words.errors.others).closest("[role=alert]")?.textContent).toContain("نامعتبر");
  });

  test("its example is valid", () => {
    if (example !== null) expect(problemsOf(schema, example)).toEqual([]);
  });

  test("every field has an input", () => {
    const drawn = (place: Place): void => {
      expect(inputOf(place.schema)).toBe(place.draw);
      Object.values(place.properties).forEach(drawn);
      if (place.members !== null) drawn(place.members);
      place.alternatives.forEach(drawn);
    };
    drawn(placesOf(schema));
  });
});

const ORDER: JSONSchema = {
  type: "object",
  properties: {
    name: { type: "string", title: "Name", minLength: 1 },
    note: { anyOf: [{ type: "string" }, { type: "null" }], default: null, title: "Note" },
    size: { type: "string", enum: ["s", "m", "l", "xl", "xxl"], title: "Size" },
    payment: {
      title: "Payment",
      oneOf: [{ $ref: "#/$defs/Cash" }, { $ref: "#/$defs/Card" }],
      discriminator: { propertyName: "by" },
    },
    lines: { type: "array", title: "Lines", items: { $ref: "#/$defs/Line" } },
    labels: { type: "object", title: "Labels", additionalProperties: { type: "string" } },
  },
  required: ["name", "payment"],
  additionalProperties: false,
  $defs: {
    Cash: {
      type: "object",
      title: "Cash",
      properties: { by: { const: "cash" }, given: { type: "number", title: "Given" } },
    },
    Card: {
      type: "object",
      title: "Card",
      properties: { by: { const: "card" }, last4: { type: "string", title: "Digits" } },
      required: ["last4"],
    },
    Line: {
      type: "object",
      title: "Line",
      properties: { item: { type: "string", title: "Item" } },
      required: ["item"],
    },
  },
};

/** The value that the form has handed over last, after `edit`. */
async function edited(value: FormValue, edit: () => void): Promise<unknown> {
  const onChange = vi.fn();
  await show({ schema: ORDER, value, onChange });
  await act(async () => {
    edit();
    await Promise.resolve();
  });
  const last = onChange.mock.lastCall?.[0] as unknown;
  cleanup();
  return last;
}

describe("editing", () => {
  const value: FormValue = { name: "أمينة", payment: { by: "cash", given: 100 } };

  test("a field", async () => {
    const next = await edited(value, () =>
      fireEvent.change(screen.getByLabelText(/^Name/), { target: { value: "سارة" } }),
    );
    expect(next).toEqual({ ...value, name: "سارة" });
  });

  test("an optional field that is emptied goes away", async () => {
    const next = await edited({ ...value, note: "x" }, () =>
      fireEvent.change(screen.getByLabelText(/^Note/), { target: { value: "" } }),
    );
    expect(next).toEqual(value);
  });

  test("another alternative of a union takes its mark, and drops what only the other had", async () => {
    const next = await edited(value, () => fireEvent.click(screen.getByLabelText("Card")));
    expect(next).toEqual({ ...value, payment: { by: "card" } });
  });

  test("rows are added, moved and removed", async () => {
    const lines = [{ item: "قميص" }, { item: "حذاء" }];
    const click = (name: RegExp) => () => fireEvent.click(screen.getByRole("button", { name }));
    expect(await edited({ ...value, lines }, click(/Move row 2 up/))).toMatchObject({
      lines: lines.toReversed(),
    });
    expect(await edited({ ...value, lines }, click(/Remove row 1/))).toMatchObject({ lines: [lines[1]] });
    const added = await edited({ ...value, lines }, () =>
      fireEvent.click(screen.getAllByRole("button", { name: "Add" })[0] as HTMLElement),
    );
    expect(added).toMatchObject({ lines: [...lines, {}] });
  });

  test("names of a map keep their order when one changes", async () => {
    const next = await edited({ ...value, labels: { a: "1", b: "2" } }, () => {
      const [first] = screen.getAllByLabelText("Name", { exact: true }).slice(-2);
      fireEvent.change(first as HTMLElement, { target: { value: "z" } });
      fireEvent.blur(first as HTMLElement);
    });
    expect(Object.entries((next as { labels: object }).labels)).toEqual([
      ["z", "1"],
      ["b", "2"],
    ]);
  });
});

describe("submitting", () => {
  test("says what is missing, and hands over only what is valid", async () => {
    const onSubmit = vi.fn();
    await show({ schema: ORDER, value: { name: "", payment: { by: "card" } }, onSubmit });
    await act(async () => {
      fireEvent.click(screen.getByRole("button", { name: "Save" }));
      await Promise.resolve();
    });
    expect(onSubmit).not.toHaveBeenCalled();
    expect(document.querySelector('[data-path="name"]')?.textContent).toContain(words.errors.required);
    expect(document.querySelector('[data-path="payment.last4"]')?.textContent).toContain(
      words.errors.required,
    );
    cleanup();
    const value = { name: "أمينة", payment: { by: "card", last4: "4242" }, note: null };
    await show({ schema: ORDER, value, onSubmit });
    await act(async () => {
      fireEvent.click(screen.getByRole("button", { name: "Save" }));
      await Promise.resolve();
    });
    expect(onSubmit).toHaveBeenCalledExactlyOnceWith(value);
  });
});
