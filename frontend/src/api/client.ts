/** Requests to the hub that served this page. */

/** The hub's own words for what went wrong; `code` is for programs. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly remedy = "",
    /** Of a form: the field that it is about. */
    readonly field = "",
    /** Seconds after which it may be asked again, where the hub says that. */
    readonly wait = 0,
  ) {
    super(message);
  }
}

const TIMEOUT_MS = 20_000;
// A round of learning waits for other hubs, a large file for a slow network.
const LONG_MS = 180_000;

let pageToken = "";
// Counts who sat here: an answer that is late says nothing of who sits here now.
let visitor = 0;
let stranger = (_unowned: boolean): void => undefined;

/** What shows the hub that a request comes from its own page, and not from another that has the cookie sent along. */
export function showPageToken(token: string): void {
  if (token !== pageToken) visitor += 1;
  pageToken = token;
}

/** Be told when the hub does not know who this is, and whether that is because it has no owner yet. */
export function onStranger(listener: (unowned: boolean) => void): void {
  stranger = listener;
}

async function asked(path: string, options: RequestInit, timeout: number): Promise<Response> {
  const asking = visitor;
  let response: Response;
  try {
    response = await fetch(path, { ...options, signal: AbortSignal.timeout(timeout) });
  } catch {
    throw new ApiError(0, "offline", "the hub does not answer");
  }
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  const error = (body as { error?: { code: string; message: string; remedy: string; field?: string } } | null)?.error;
  const unknown = error?.code === "unauthenticated" || error?.code === "unowned";
  if (unknown && asking === visitor) stranger(error.code === "unowned");
  const wait = Number(response.headers.get("Retry-After") ?? 0);
  throw new ApiError(response.status, error?.code ?? "http", error?.message ?? response.statusText, error?.remedy, error?.field, wait);
}

async function answered<T>(path: string, options: RequestInit, timeout: number): Promise<T> {
  return (await (await asked(path, options, timeout)).json().catch(() => null)) as T;
}

export function get<T>(path: string): Promise<T> {
  return answered<T>(path, {}, TIMEOUT_MS);
}

/** Bytes as they are, such as those of a file that somebody chose. */
export function upload<T>(path: string, body: Blob, more: Record<string, string> = {}): Promise<T> {
  const headers: Record<string, string> = { ...more, "Content-Type": "application/octet-stream" };
  if (pageToken) headers["X-Hearth-Page"] = pageToken;
  return answered<T>(path, { method: "POST", headers, body }, LONG_MS);
}

export function post<T>(path: string, body: object, patient = false): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (pageToken) headers["X-Hearth-Page"] = pageToken;
  return answered<T>(path, { method: "POST", headers, body: JSON.stringify(body) }, patient ? LONG_MS : TIMEOUT_MS);
}

/** A file that the hub makes for this request: its bytes, and the name that it gives it. */
export async function fetched(path: string, body: object): Promise<[Blob, string]> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (pageToken) headers["X-Hearth-Page"] = pageToken;
  const response = await asked(path, { method: "POST", headers, body: JSON.stringify(body) }, LONG_MS);
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "hearth";
  return [await response.blob(), name];
}
