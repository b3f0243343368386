/** Hands before the home's cameras while an element shows them: every look is asked for, so that none is late. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { HandLook, HandsTold } from "../api/wire";
import { session } from "./session";
import { store } from "./store";

const FIRST_MS = 500;
/** The hub takes who has not asked for ten seconds for somebody who left. */
const AGAIN_MS = 2000;
/** A camera that told nothing for so long while there was a hand is not looking any more. */
const GONE_MS = 2500;

export class WatchedHands implements ReactiveController {
  /** How it stands; undefined until the hub has said. */
  standing: { allowed: boolean; cameras: string[] } | undefined;
  /** By camera, and none of a camera before which there is no hand. */
  readonly looks = new Map<string, HandLook & { came: number }>();
  private watching = false;
  private timer = 0;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    store.addEventListener("hands", this.told);
    document.addEventListener("visibilitychange", this.turned);
    this.turned();
  }

  hostDisconnected(): void {
    store.removeEventListener("hands", this.told);
    document.removeEventListener("visibilitychange", this.turned);
    this.leave();
  }

  private readonly turned = (): void => {
    this.watching = document.visibilityState === "visible";
    if (this.watching) this.ask();
    else this.leave();
  };

  private leave(): void {
    this.watching = false;
    clearTimeout(this.timer);
    if (session.may("admin")) store.say("leave_hands");
    this.looks.clear();
  }

  private readonly ask = (): void => {
    clearTimeout(this.timer);
    if (session.may("admin")) {
      // Only who comes anew is told how it stands.
      if (!this.standing) store.say("leave_hands");
      store.say("watch_hands");
    }
    const before = performance.now() - GONE_MS;
    for (const [camera, look] of this.looks) if (look.came < before) this.looks.delete(camera);
    this.host.requestUpdate();
    this.timer = window.setTimeout(this.ask, this.standing ? AGAIN_MS : FIRST_MS);
  };

  private readonly told = (event: Event): void => {
    const { detail } = event as CustomEvent<HandsTold>;
    if (!this.watching) return;
    if (detail.event === "HandsWatched") this.standing = detail;
    if (detail.event === "HandsWatched" && !detail.allowed) this.looks.clear();
    if (detail.event === "HandsDrawn") this.take(detail.looks);
    this.host.requestUpdate();
  };

  private take(looks: HandLook[]): void {
    for (const look of looks) {
      if (look.hands.length) this.looks.set(look.camera, { ...look, came: performance.now() });
      else this.looks.delete(look.camera);
    }
    // A page that is slow to draw asks later, and is told what is newest then.
    void this.host.updateComplete.then(() => requestAnimationFrame(() => {
      if (this.watching) store.say("watch_hands");
    }));
  }
}
