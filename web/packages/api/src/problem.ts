// The server's refusals (RFC 9457 problem bodies) as one error type with a stable code.

interface FieldError {
  field: string;
  code: string;
  detail: string;
}

/** An answer that refuses. `code` is part of the API's contract; `message` is written for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[];
  readonly requestId: string | null;
  /** Seconds after which asking again makes sense, where the server said so. */
  readonly retryAfterS: number | null;

  constructor(status: number, body: unknown, retryAfter?: unknown) {
    super(text(body, "detail") ?? text(body, "title") ?? `The shop answered ${status}.`);
    this.name = "ApiError";
    this.status = status;
    // A proxy in front of the shop answers without a problem body.
    this.code = text(body, "code") ?? `http_${status}`;
    this.errors = fieldErrors(body);
    this.requestId = text(body, "request_id");
    // The other form of the header, a date, is sent by nobody here.
    this.retryAfterS = typeof retryAfter === "string" && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null;
  }
}

export function hasCode(error: unknown, code: string): error is ApiError {
  return error instanceof ApiError && error.code === code;
}

function text(body: unknown, key: string): string | null {
  const value = isRecord(body) ? body[key] : undefined;
  return typeof value === "string" && value !== "" ? value : null;
}

function fieldErrors(body: unknown): FieldError[] {
  const list = isRecord(body) && Array.isArray(body.errors) ? body.errors : [];
  return list.map((entry: unknown) => ({
    field: text(entry, "field") ?? "",
    code: text(entry, "code") ?? "invalid",
    detail: text(entry, "detail") ?? "Please check this.",
  }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
