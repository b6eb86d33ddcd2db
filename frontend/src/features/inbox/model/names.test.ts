import { expect, test } from "vitest";

import type { Schema } from "@/lib/api";

import { addressesOf, nameOf } from "./names";

const identity = (more: Partial<Schema<"Identity">>): Schema<"Identity"> => ({
  id: crypto.randomUUID(),
  channel_id: "c",
  provider: "whatsapp",
  provider_user_id: "DZ.1",
  phone: "",
  username: "",
  created_at: "2026-01-01T00:00:00Z",
  ...more,
});

test("an address that two identities share stands once", () => {
  const phone = "+213550123456";
  const found = addressesOf([
    identity({ phone }),
    identity({ phone }),
    identity({ provider: "telegram", username: "amina" }),
  ]);
  expect(found).toEqual([
    { provider: "whatsapp", address: "+213 550 12 34 56" },
    { provider: "telegram", address: "@amina" },
  ]);
});

test("without name or number there is the provider's id", () => {
  expect(addressesOf([identity({})])).toEqual([{ provider: "whatsapp", address: "DZ.1" }]);
  expect(nameOf({ name: " ", phone: "" })).toBeNull();
});
