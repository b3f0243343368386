/** A microphone or a camera of this device, and why it cannot be had: one cause at a time, each with a step that mends it. */

/**
 * `insecure`: browsers give them only to https and to the machine itself; `denied`: the person or the browser said no;
 * `none`: there is none; `busy`: another program has it; `lost`: it was unplugged; `failed`: else.
 */
export type Cause = "insecure" | "denied" | "none" | "busy" | "lost" | "failed";

export class DeviceError extends Error {
  constructor(override readonly cause: Cause) {
    super(cause);
  }
}

/** The hub's own words for what is wrong; `offline`: it does not answer. */
export interface Refusal {
  code: string;
  message: string;
  remedy: string;
}

const CAUSES: Record<string, Cause> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** Throws `DeviceError` where no page gets any device. */
export function checkSecure(): void {
  if (!window.isSecureContext || !navigator.mediaDevices) throw new DeviceError("insecure");
}

/** Ask the person for it; to be called when somebody has just pressed something. Throws `DeviceError`. */
export async function ask(what: MediaStreamConstraints): Promise<MediaStream> {
  checkSecure();
  try {
    return await navigator.mediaDevices.getUserMedia(what);
  } catch (error) {
    throw deviceError(error);
  }
}

/** What a browser throws, as one of the causes. */
export function deviceError(error: unknown): DeviceError {
  return error instanceof DeviceError ? error : new DeviceError(CAUSES[(error as DOMException).name] ?? "failed");
}

/** A name for this page that nobody guesses: its new socket takes the place of its old one. */
export function pageName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A WebSocket of the hub that this page came from. */
export function openSocket(path: string): WebSocket {
  return new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`);
}
