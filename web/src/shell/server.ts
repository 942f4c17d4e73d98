/** What the server answered instead of what was asked for. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    /** `M_FORBIDDEN`, `invalid_grant` and the like. */
    readonly code: string,
  ) {
    super(code);
  }
}

/** Asks our own server: the client never speaks to another. */
export async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, { cache: "no-store", credentials: "omit", ...init });
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (!response.ok) {
    throw new Refusal(response.status, String(body["errcode"] ?? body["error"] ?? "unknown"));
  }
  return body as T;
}

/** Sends JSON. */
export function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Sends a form. */
export function postForm<T>(path: string, fields: Record<string, string>): Promise<T> {
  return ask(path, { method: "POST", body: new URLSearchParams(fields) });
}
