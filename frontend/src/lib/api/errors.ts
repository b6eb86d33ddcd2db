/** The one shape in which every call fails: what the API said, or that it could not be reached. */

export interface FieldErrors {
  /** The field's dotted path, then what is wrong with it, in words for people. */
  readonly [field: string]: readonly string[];
}

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
    /** The API's machine-readable word, such as `validation_error`; `offline` when no answer came. */
    readonly code: string,
    message: string,
    readonly fields: FieldErrors = {},
    /** What else the API said, as it said it. */
    readonly detail: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  /** Whether the same call may succeed if it is made again. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): FieldErrors {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([field, said]) => [
      field,
      (Array.isArray(said) ? said : [said]).map((each) =>
        typeof each === "string" ? each : JSON.stringify(each),
      ),
    ]),
  );
}

/** What an answer that is no success says. Any body is understood: ours, a proxy's page, none at all. */
export function errorFrom(status: number, body: unknown): ApiError {
  const error = isRecord(body) && isRecord(body.error) ? body.error : {};
  const { code, message, fields, ...detail } = error;
  return new ApiError(
    status,
    typeof code === "string" ? code : "unexpected",
    typeof message === "string" ? message : `HTTP ${status}`,
    fieldsOf(fields),
    detail,
  );
}
