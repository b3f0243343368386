/** What the hub's API says, as far as the page reads it. Ids are text: they have 64 bits. */

import type { Schema } from "./forms";

export type Value = boolean | number | string | null;

export interface TraitConfig {
  min?: number;
  max?: number;
  step?: number;
  unit?: string;
  options?: string[];
  measures?: string;
}

export interface Area {
  id: string;
  /** In the page's language where it has one there; `given` is the one that it goes by in the home. */
  name: string;
  given?: string;
  names?: Record<string, string[]>;
  floor: string;
  presence: boolean | null;
  people: number | null;
}

/** A room as those see it who change it. */
export interface AreaDetails {
  id: string;
  name: string;
  floor: string;
  aliases: string[];
  locked: boolean;
}

/** An integration at work. */
export interface Connected {
  instance: string;
  integration: string;
  name: string;
  state: "running" | "trouble" | "waiting";
  trouble: string;
  entities: string[];
  locked: boolean;
  config: Record<string, unknown>;
  /** The fields of the config that are set and never told. */
  secrets: string[];
}

/** An integration that can be added. */
export interface DeviceKind {
  integration: string;
  name: string;
  description: string;
  schema: Schema;
  trouble: string;
}

export interface Devices {
  devices: Connected[];
  available: DeviceKind[];
}

/** What announces itself on the network. */
export interface FoundThing {
  kind: string;
  name: string;
  host: string;
  port: number;
  integration: string;
  here: boolean;
}

/** A voice satellite. `host` and `trouble` are told to those who look after the hub. */
export interface Satellite {
  name: string;
  host: string;
  port: number;
  area: string;
  state: "connected" | "away" | "waiting";
  trouble: string;
  locked: boolean;
}

export interface Person {
  id: string;
  name: string;
  home: boolean | null;
  area: string;
}

export interface Entity {
  entity: string;
  /** As an area's. */
  name: string;
  given?: string;
  names?: Record<string, string[]>;
  kind: string;
  area: string;
  traits: Record<string, Value>;
  available: boolean;
  config: Record<string, TraitConfig>;
  changed: Record<string, number>;
  aliases: string[];
  device_class: string;
  hub: string;
  /** The household's word on who may touch it; null: the rule of its kind. */
  exposed: boolean | null;
  /** hearth.toml decides on how it is called and where it is. */
  locked: boolean;
}

export interface Home {
  name: string;
  language: string;
  areas: Area[];
  people: Person[];
  entities: Entity[];
}

export interface Said {
  reply: string;
  understood: boolean;
  expects_answer: boolean;
}

export interface Step {
  kind: string;
  text: string;
  at: number;
  event: string;
  causes: string[];
  data: Record<string, unknown>;
  area: string;
  source: string;
}

export interface Story {
  entity: string;
  text: string;
  steps: Step[];
}

export interface Change {
  event: string;
  trait: string;
  value: Value;
  at: number;
}

export interface Health {
  status: "starting" | "ok" | "degraded";
  version: string;
  /** Another one each time that the hub starts. */
  run: string;
  uptime_s: number;
  listening: boolean;
  names_known: boolean;
  problems: Record<string, string>;
}

/** A setting that the household may make here, unless it is `locked`: hearth.toml decides. `waits`: for a restart. */
export interface Setting {
  key: string;
  value: unknown;
  default: unknown;
  locked: boolean;
  kept: boolean;
  live: boolean;
  waits: boolean;
  title: string;
  description: string;
  /** The value's JSON Schema. */
  schema: { type?: string; minimum?: number; maximum?: number; maxLength?: number };
}

export interface Settings {
  settings: Setting[];
  restart: boolean;
}

/** Where the page is: for the hub's own machine, for other devices (likeliest first) if `open` to them, and where they get the certificate. */
export interface PageAddresses {
  open: boolean;
  here: string;
  elsewhere: string[];
  authority: string;
}

/** `next`: with what waits for a restart. */
export interface Addresses {
  now: PageAddresses;
  next: PageAddresses;
}

/** What a gesture is for: what it `does`, or the sentence that it is taken to `say`. `yours`: somebody said so. */
export interface Gesture {
  name: string;
  does: string;
  say: string;
  default: string;
  yours: boolean;
}

/** The hands before a camera now. `points` are x and y of 21 joints in turn, fractions of the picture's width and height. */
export interface HandLook {
  camera: string;
  aspect: number;
  hands: { hand: string; gesture: string; confidence: number; points: number[] }[];
}

/** What the hub tells of hands to who asked: how it stands, looks at them, or that it is for others to ask. */
export type HandsTold =
  | { event: "HandsWatched"; allowed: boolean; cameras: string[] }
  | { event: "HandsDrawn"; looks: HandLook[] }
  | { event: "CommandRefused"; command: string; code: string };

/** An event of the live socket: its class as `event`, and its own fields beside these. */
export interface LiveEvent {
  event: string;
  id: string;
  at: number;
  origin: { hub?: string; area?: string; source?: string };
  causes: string[];
  [field: string]: unknown;
}

/** A camera that is plugged into the hub. */
export interface FoundCamera {
  source: string;
  name: string;
}
