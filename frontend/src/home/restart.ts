/** The hub begins anew: it is asked to, waited for, and the page is opened again when it is back. */
import { get, post } from "../api/client";
import type { Health } from "../api/wire";
import { store } from "./store";

const LOOK_MS = 500;
const LONG_MS = 45_000;

/** Whether a new run of the hub is waited for, and whether that takes long. */
export const comingBack = { waits: false, long: false };

/** Ask the hub to begin anew and wait until it has. Throws `ApiError` where it will not. */
export async function restart(): Promise<void> {
  const { run } = await post<{ run: string }>("/api/v1/restart", {});
  await backFrom(run);
}

/** Wait until another run of the hub than `run` answers. Then `location.reload()` shows the home as it is now. */
export async function backFrom(run: string): Promise<void> {
  const began = Date.now();
  comingBack.waits = true;
  for (let there = false; !there; there = await isUp(run)) {
    comingBack.long = Date.now() - began > LONG_MS;
    store.dispatchEvent(new Event("changed"));
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
  comingBack.waits = comingBack.long = false;
  store.dispatchEvent(new Event("changed"));
}

async function isUp(before: string): Promise<boolean> {
  try {
    const { run, status } = await get<Health>("/healthz");
    return run !== before && status !== "starting";
  } catch {
    return false;
  }
}
