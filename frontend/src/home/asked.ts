/** Something asked of the API by a screen: asked again while the screen is open, with what went wrong beside it. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { ApiError, get } from "../api/client";
import type { Role } from "../api/people";
import type { Wording } from "../parts/english";
import { explain, notify } from "../parts/notice";
import { session } from "./session";

export class Asked<T> implements ReactiveController {
  found: T | undefined;
  trouble: Wording = "";
  /** The hub's name for what went wrong. */
  code = "";
  private timer = 0;
  private open = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly path: string,
    private readonly role: Role,
    private readonly every: (found: T | undefined) => number,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.open = true;
    void this.again();
  }

  hostDisconnected(): void {
    this.open = false;
    clearTimeout(this.timer);
  }

  async again(): Promise<void> {
    clearTimeout(this.timer);
    if (!session.may(this.role)) return;
    try {
      this.found = await get<T>(this.path);
      this.trouble = this.code = "";
    } catch (error) {
      this.trouble = explain(error);
      this.code = error instanceof ApiError ? error.code : "";
    }
    this.host.requestUpdate();
    if (this.open) this.timer = window.setTimeout(() => void this.again(), this.every(this.found));
  }

  /** Do what changes it, and ask again: what came of it, with `shown` once the page shows that; undefined where the hub refuses, which is told. */
  async after<C>(change: () => Promise<C>, shown = false): Promise<C | undefined> {
    try {
      return await change();
    } catch (error) {
      notify(explain(error), true);
      return undefined;
    } finally {
      const asked = this.again();
      if (shown) await asked;
    }
  }
}
