/** The typed client of the REST API: every path, parameter and answer comes from the committed OpenAPI document. */

import createClient, { type Middleware } from "openapi-fetch";

import { ApiError, errorFrom } from "./errors";
import type { components, paths } from "./schema";

/** A shape of the API by its name in the OpenAPI document. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** The token that proves to the back end that a page of its own is asking. */
export function csrfToken(): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

const csrf: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method)) request.headers.set("X-CSRFToken", csrfToken());
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: "same-origin" });
api.use(csrf);

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/**
 * The data of a call: `await call(api.GET("/api/v1/crm/contacts/{id}/", { params: { path: { id } }, signal }))`.
 * Throws an {@link ApiError} for every answer that is no success, and with the code `offline` when none came.
 */
export async function call<Data>(request: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>;
  try {
    answer = await request;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "offline", "The server cannot be reached.");
  }
  if (!answer.response.ok) throw errorFrom(answer.response.status, answer.error);
  // A 204 has no data, and its type says so.
  return answer.data as Data;
}

/** Headers that make a repeated POST count once: keep the key as long as the person means the same thing. */
export function once(key: string = crypto.randomUUID()): { "Idempotency-Key": string } {
  return { "Idempotency-Key": key };
}
