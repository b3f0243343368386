/** The home as the page knows it: from the live socket, with what was just asked for already in it. */
import { ApiError, get, post } from "../api/client";
import { Live, type LiveListener } from "../api/live";
import type { Area, Entity, HandsTold, Home, LiveEvent, Value } from "../api/wire";
import { language, onLanguage } from "../words";

const EMPTY: Home = { name: "", language: "en", areas: [], people: [], entities: [] };
const RELOAD_MS = 250;

class Store extends EventTarget implements LiveListener {
  home: Home = EMPTY;
  /** Whether the hub has told of the home yet. */
  ready = false;
  live = false;
  /** Whether there was a connection before: without one nothing was lost yet. */
  known = false;
  private readonly socket = new Live(this);
  private readonly pending = new Map<string, Value>();
  private reloading = 0;
  private frame = 0;

  constructor() {
    super();
    onLanguage(() => this.call());
  }

  /** Listen to the hub, which tells a guest of things only. */
  start(): void {
    this.socket.start();
  }

  /** Forget everything, for whoever sits here next. */
  stop(): void {
    this.socket.stop();
    clearTimeout(this.reloading);
    this.home = EMPTY;
    this.ready = this.live = this.known = false;
    this.changed();
  }

  entity(id: string): Entity | undefined {
    return this.home.entities.find((entity) => entity.entity === id);
  }

  /** The camera that a stream comes from; one stands for those of all browsers, which have their page behind a colon. */
  camera(stream: string): Entity | undefined {
    return this.entity(stream.split(":")[0] ?? stream);
  }

  area(id: string): Area | undefined {
    return this.home.areas.find((area) => area.id === id);
  }

  /** A trait's value: what was asked for while the hub works on it, else what the hub told. */
  value(entity: Entity, trait: string): Value {
    const key = `${entity.entity} ${trait}`;
    return this.pending.has(key) ? (this.pending.get(key) ?? null) : (entity.traits[trait] ?? null);
  }

  /** Ask for a value, show it at once, and take it back when it did not happen. Throws `ApiError`. */
  async command(entity: Entity, trait: string, value: Value, confirmed = false): Promise<void> {
    const key = `${entity.entity} ${trait}`;
    this.pending.set(key, value);
    this.changed();
    try {
      const done = await post<{ value: Value }>("/api/v1/commands", { entity: entity.entity, trait, value, confirmed });
      // The event says the same; a press has no value to keep.
      const known = this.entity(entity.entity);
      if (known && trait !== "Press") known.traits[trait] = done.value;
    } finally {
      // A newer wish for the same trait stays.
      if (this.pending.get(key) === value) this.pending.delete(key);
      this.changed();
    }
  }

  connection(live: boolean): void {
    this.live = live;
    this.known ||= live;
    this.changed();
    // A socket does not say why it was closed; the hub does: perhaps this session is over.
    if (!live) void get("/api/v1/me").catch(() => undefined);
  }

  snapshot(home: Home, ready: boolean): void {
    this.home = home;
    this.call();
    this.ready = ready;
    if (!ready) this.reloadSoon(1000);
    this.changed();
  }

  /** Call everything by its name in the page's language. */
  private call(): void {
    for (const thing of [...this.home.areas, ...this.home.entities]) {
      thing.given ??= thing.name;
      thing.name = thing.names?.[language()]?.[0] ?? thing.given;
    }
    this.changed();
  }

  event(event: LiveEvent): void {
    if (event.event === "HomeChanged") return this.reloadSoon(RELOAD_MS);
    if (event.event === "StateChanged") this.take(event);
    if (event.event === "AvailabilityChanged") {
      const entity = this.entity(String(event["entity"]));
      if (entity) entity.available = event["available"] === true;
    }
    this.dispatchEvent(new CustomEvent<LiveEvent>("told", { detail: event }));
    this.changed();
  }

  /** Told many times a second: only who watches hands is to draw anew. */
  hands(told: HandsTold): void {
    this.dispatchEvent(new CustomEvent<HandsTold>("hands", { detail: told }));
  }

  /** Tell the hub a command of the live socket. */
  say(command: string): void {
    this.socket.say(command);
  }

  private take(event: LiveEvent): void {
    const trait = String(event["trait"]);
    const value = event["value"] as Value;
    const entity = this.entity(String(event["entity"]));
    if (entity && trait in entity.traits) {
      entity.traits[trait] = value;
      entity.changed[trait] = event.at;
      return;
    }
    const area = this.home.areas.find((known) => `area.${known.id}` === event["entity"]);
    if (area && trait === "Presence") area.presence = value as boolean | null;
    if (area && trait === "Measure") area.people = value as number | null;
  }

  private reloadSoon(wait: number): void {
    clearTimeout(this.reloading);
    this.reloading = window.setTimeout(() => void this.reload(), wait);
  }

  private async reload(): Promise<void> {
    try {
      this.snapshot(await get<Home>("/api/v1/home"), true);
    } catch (error) {
      if (error instanceof ApiError && error.code === "starting") this.reloadSoon(1000);
    }
  }

  // Once a frame, however much happens in the home.
  private changed(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.dispatchEvent(new Event("changed"));
    });
  }
}

export const store = new Store();
