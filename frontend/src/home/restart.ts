/** The hub begins anew: it is asked to, waited for, and the page is opened again when it is back. */
import { get, post } from "../api/client";
import type { Health } from "../api/wire";
import { store } from "./store";

const LOOK_MS = 500;
const LONG_MS = 45_000;

/** Whether a new run of the hub is waited for, and whether that takes long. */
export const comingBack = { waits: false, long: false };

/** Ask the hub to begin anew; the page is opened anew when it has. Throws `ApiError` where it will not. */
export async function restart(): Promise<never> {
  const { run } = await post<{ run: string }>("/api/v1/restart", {});
  return openAnew(run);
}

/** Open the page anew, at `hash`, when another run of the hub than `run` answers: the home is another one then. */
export async function openAnew(run: string, hash = location.hash): Promise<never> {
  await anotherThan(run);
  // Until the page is gone it goes on waiting: nobody is to begin anything on it.
  history.replaceState(null, "", hash);
  location.reload();
  return new Promise<never>(() => undefined);
}

/** Wait until another run of the hub than `run` answers. */
export async function backFrom(run: string): Promise<void> {
  await anotherThan(run);
  comingBack.waits = comingBack.long = false;
  store.dispatchEvent(new Event("changed"));
}

async function anotherThan(run: string): Promise<void> {
  const began = Date.now();
  comingBack.waits = true;
  for (let there = false; !there; there = await isUp(run)) {
    comingBack.long = Date.now() - began > LONG_MS;
    store.dispatchEvent(new Event("changed"));
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
}

async function isUp(before: string): Promise<boolean> {
  try {
    const { run, status } = await get<Health>("/healthz");
    return run !== before && status !== "starting";
  } catch {
    return false;
  }
}
