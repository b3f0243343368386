/** Hears of each event of the home as it happens, while its element is on the page. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { LiveEvent } from "../api/wire";
import { store } from "./store";

export class Told implements ReactiveController {
  constructor(host: ReactiveControllerHost, private readonly take: (event: LiveEvent) => void) {
    host.addController(this);
  }

  hostConnected(): void {
    store.addEventListener("told", this.hear);
  }

  hostDisconnected(): void {
    store.removeEventListener("told", this.hear);
  }

  private readonly hear = (event: Event): void => this.take((event as CustomEvent<LiveEvent>).detail);
}
