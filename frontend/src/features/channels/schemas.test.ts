/** The set-up form: two schemas as one. */

import { expect, test } from "vitest";

import type { Provider } from "./queries";
import { changeSchema, secretsOf, setupSchema, setupValue } from "./schemas";

const provider: Provider = {
  slug: "telegram",
  label: "Telegram",
  reports_statuses: false,
  window_hours: null,
  connects_itself: true,
  credentials_schema: {
    type: "object",
    title: "Telegram credentials",
    required: ["bot_token"],
    properties: {
      bot_token: { type: "string", writeOnly: true, format: "password" },
      name: { type: "string" },
    },
  },
  settings_schema: {
    type: "object",
    properties: { base_url: { type: "string", "x-advanced": true } },
  },
};
const titles = { name: "الاسم", credentials: "المفاتيح", settings: "الإعدادات" };

test("errors of the API find their fields", () => {
  const schema = setupSchema(provider, titles);
  expect(schema).toMatchObject({
    properties: { credentials: { title: "المفاتيح", required: ["bot_token"] }, name: { title: "الاسم" } },
  });
});

test("settings that nobody needs are folded away as a whole", () => {
  expect(setupSchema(provider, titles)).toMatchObject({
    properties: { settings: { "x-advanced": true, properties: { base_url: { type: "string" } } } },
  });
});

test("nothing has to be given again to change a channel", () => {
  const { credentials } = changeSchema(provider, titles).properties as Record<string, object>;
  expect(credentials).not.toHaveProperty("required");
  expect(secretsOf(provider)).toEqual(["credentials.bot_token"]);
});

test("what is not there is empty", () => {
  expect(setupValue({ name: 3 })).toEqual({ name: "", credentials: {}, settings: {} });
});
