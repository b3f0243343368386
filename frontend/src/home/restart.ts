/** The hub begins anew: it is asked to, waited for, and the page is opened again when it is back. */
import { get, post } from "../api/client";
import type { Addresses, Health, PageAddresses } from "../api/wire";
import { store } from "./store";

const LOOK_MS = 500;
const LONG_MS = 45_000;

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

/** Whether a new run of the hub is waited for, whether that takes long, and where its page will be if no longer here. */
export const comingBack = { waits: false, long: false, moves: "" };

/** Ask the hub to begin anew; the page is opened anew when it has, unless it will be elsewhere. Throws `ApiError` where it will not. */
export async function restart(): Promise<never> {
  const { next } = await get<Addresses>("/api/v1/addresses");
  const { run } = await post<{ run: string }>("/api/v1/restart", {});
  const moves = movesTo(next);
  if (!moves) return openAnew(run);
  // This page cannot see whether it answers there: a browser asks about a certificate that it does not know.
  Object.assign(comingBack, { waits: true, moves });
  store.dispatchEvent(new Event("changed"));
  return new Promise<never>(() => undefined);
}

/** Where the page will be, when that is not where this one is. */
function movesTo({ here, open }: PageAddresses): string {
  if (!LOCAL.includes(location.hostname) && !open) return here;
  const { protocol } = new URL(here);
  return protocol === location.protocol ? "" : `${protocol}//${location.host}/`;
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
