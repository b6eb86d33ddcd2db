/** Speaks with the door, `/_allauth/browser/v1/`: one call, its answer, and what it refuses. */

import { ApiError, csrfToken, errorFrom } from "../api";

const DOOR = "/_allauth/browser/v1/";

const OF_THE_SIGNED_IN = /^account\/|reauthenticate$/;

type Json = Readonly<Record<string, unknown>>;

/** What the door says; `signedIn` also while it asks for the password once more. */
export interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly meta: Json;
  readonly signedIn: boolean;
  /** The kinds of second factor that it waits for, when the password was right and is not enough. */
  readonly awaited: readonly string[] | null;
}

/** What was typed is refused: codes such as `email_password_mismatch`, by the field that they are about. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";

  constructor(readonly refusals: readonly { code: string; field: string; message: string }[]) {
    super(refusals.map(({ message }) => message).join(" "));
  }

  /** The first code, for words of our own. */
  get code(): string {
    return this.refusals[0]?.code ?? "";
  }
}

/** What is dangerous asks who is there once more; `types` are the second factors that will do as well as the password. */
export class ConfirmationNeededError extends Error {
  override readonly name = "ConfirmationNeededError";

  constructor(
    readonly password: boolean,
    readonly types: readonly string[],
  ) {
    super("Confirm that it is you.");
  }
}

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function types(flow: Json | undefined): readonly string[] {
  return Array.isArray(flow?.types) ? flow.types.map(textOf) : [];
}

async function ask(method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<Response> {
  const all = new Headers(headers);
  if (method !== "GET") all.set("X-CSRFToken", csrfToken());
  if (body !== undefined) all.set("Content-Type", "application/json");
  try {
    return await fetch(DOOR + path, {
      method,
      headers: all,
      credentials: "same-origin",
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "offline", "The server cannot be reached.");
  }
}

/** Sees to it that there is a CSRF token: the first page that a browser sees on a host may have none yet. */
export async function haveToken(): Promise<void> {
  if (csrfToken() === "") await ask("GET", "config");
}

function refusalOf(body: Json): RefusedError {
  return new RefusedError(
    list(body.errors).map((error) => ({
      code: textOf(error.code),
      field: textOf(error.param),
      message: textOf(error.message),
    })),
  );
}

/**
 * One call. Answers 200 and 401 and 404 are part of the conversation; throws {@link RefusedError} for what was typed wrong,
 * {@link ConfirmationNeededError} where the password is asked for again, {@link ApiError} for the rest (`locked_out`, offline).
 */
export async function knock(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  headers?: HeadersInit,
): Promise<Answer> {
  if (method !== "GET") await haveToken();
  const response = await ask(method, path, body, headers);
  const said: unknown = await response.json().catch(() => ({}));
  const json = isRecord(said) ? said : {};
  if (response.status === 400 && Array.isArray(json.errors)) throw refusalOf(json);
  if (![200, 401, 404, 409].includes(response.status)) throw errorFrom(response.status, said);
  const meta = isRecord(json.meta) ? json.meta : {};
  const data = json.data;
  const flows = list(isRecord(data) ? data.flows : undefined);
  const signedIn = meta.is_authenticated === true;
  if (response.status === 401 && signedIn) {
    throw new ConfirmationNeededError(
      flows.some(({ id }) => id === "reauthenticate"),
      types(flows.find(({ id }) => id === "mfa_reauthenticate")),
    );
  }
  // At the door 401 is "not yet"; for one's account it means that the session has ended.
  if (response.status === 401 && !signedIn && OF_THE_SIGNED_IN.test(path))
    throw new ApiError(401, "not_authenticated", "You are signed out.");
  const pending = flows.find(({ id, is_pending }) => id === "mfa_authenticate" && is_pending === true);
  return {
    status: response.status,
    data,
    meta,
    signedIn,
    awaited: pending === undefined ? null : types(pending),
  };
}
