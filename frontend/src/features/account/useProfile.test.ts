import { expect, test } from "vitest";

import type { Me } from "@/lib/session";

import { withChange } from "./useProfile";

const ME = {
  user: { id: "1", email: "amina@demo.example", name: "أمينة", language: "", timezone: "" },
  preferences: {
    language: "",
    timezone: "",
    theme: "auto",
    notifications: [
      { kind: "approval", in_app: true, email: true },
      { kind: "workflow", in_app: true, email: false },
    ],
  },
} as unknown as Me; // The rest of "me" plays no part here.

test("a change shows at once, and the rest stays", () => {
  const next = withChange(ME, {
    theme: "dark",
    notifications: [{ kind: "workflow", in_app: false, email: true }],
  });
  expect(next.preferences).toEqual({
    language: "",
    timezone: "",
    theme: "dark",
    notifications: [
      { kind: "approval", in_app: true, email: true },
      { kind: "workflow", in_app: false, email: true },
    ],
  });
  expect(next.user?.name).toBe("أمينة");
});

test("a name is the person's, not a preference", () => {
  const next = withChange(ME, { name: "Amina" });
  expect(next.user?.name).toBe("Amina");
  expect(next.preferences).toEqual(ME.preferences);
});

test("a key has nothing to change", () => {
  const key = { ...ME, user: null, preferences: null };
  expect(withChange(key, { name: "x" })).toBe(key);
});
