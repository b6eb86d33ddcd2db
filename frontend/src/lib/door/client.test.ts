import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ConfirmationNeededError, knock, RefusedError } from "./client";

const fetched = vi.fn<typeof fetch>();

function answers(status: number, body: unknown): void {
  fetched.mockResolvedValueOnce(new Response(JSON.stringify(body), { status }));
}

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  document.cookie = "csrftoken=abc";
});

afterEach(() => {
  fetched.mockReset();
  vi.unstubAllGlobals();
  document.cookie = "csrftoken=; max-age=0";
});

function sent(call: number): { path: string; headers: Headers } {
  const [path, init] = fetched.mock.calls[call] ?? [];
  return { path: typeof path === "string" ? path : "", headers: new Headers(init?.headers) };
}

test("a change carries the CSRF token, which is fetched first where there is none", async () => {
  document.cookie = "csrftoken=; max-age=0";
  fetched.mockImplementationOnce(() => {
    document.cookie = "csrftoken=fresh";
    return Promise.resolve(new Response("{}"));
  });
  answers(200, { meta: { is_authenticated: true } });
  const { signedIn } = await knock("POST", "auth/login", { email: "a@b.dz", password: "x" });
  expect(signedIn).toBe(true);
  expect(sent(0).path).toBe("/_allauth/browser/v1/config");
  expect(sent(1).headers.get("X-CSRFToken")).toBe("fresh");
});

test("a right password that is not enough", async () => {
  answers(401, {
    data: {
      flows: [{ id: "login" }, { id: "mfa_authenticate", is_pending: true, types: ["totp", "webauthn"] }],
    },
    meta: { is_authenticated: false },
  });
  const answer = await knock("POST", "auth/login", {});
  expect(answer.awaited).toEqual(["totp", "webauthn"]);
  expect(answer.signedIn).toBe(false);
});

test("nobody is signed in, and nothing is awaited", async () => {
  answers(401, { data: { flows: [{ id: "login" }] }, meta: { is_authenticated: false } });
  expect((await knock("GET", "auth/session")).awaited).toBeNull();
});

test("what was typed is refused, by code and field", async () => {
  answers(400, { errors: [{ code: "incorrect_code", param: "code", message: "Incorrect code." }] });
  const refused: unknown = await knock("POST", "auth/2fa/authenticate", {}).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RefusedError);
  expect(refused).toMatchObject({ code: "incorrect_code", refusals: [{ field: "code" }] });
});

test("what is dangerous asks once more", async () => {
  answers(401, {
    data: { flows: [{ id: "reauthenticate" }, { id: "mfa_reauthenticate", types: ["webauthn"] }] },
    meta: { is_authenticated: true },
  });
  const asked: unknown = await knock("POST", "account/authenticators/totp", {}).catch(
    (error: unknown) => error,
  );
  expect(asked).toBeInstanceOf(ConfirmationNeededError);
  expect(asked).toMatchObject({ password: true, types: ["webauthn"] });
});

test("a session that ended meanwhile is no success", async () => {
  answers(401, { data: { flows: [{ id: "login" }] }, meta: { is_authenticated: false } });
  await expect(knock("GET", "account/authenticators")).rejects.toMatchObject({ status: 401 });
});

test("locked out, in the API's own shape", async () => {
  answers(429, { error: { code: "locked_out", message: "Too many wrong tries." } });
  await expect(knock("POST", "auth/login", {})).rejects.toMatchObject({ status: 429, code: "locked_out" });
});

test("offline", async () => {
  fetched.mockRejectedValueOnce(new TypeError("Failed to fetch"));
  await expect(knock("GET", "auth/session")).rejects.toMatchObject({ code: "offline" });
});
