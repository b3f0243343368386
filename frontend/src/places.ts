/** Every screen: how it is fetched and drawn, who may go there, and how one comes to it. */
import { html, type TemplateResult } from "lit";
import type { Role } from "./api/people";
import { session } from "./home/session";

export interface Screen {
  /** What is not seen first is fetched when it is gone to. */
  load: () => Promise<unknown>;
  draw: (id: string) => TemplateResult;
  role: Role;
  /**
   * `bar`: always in the navigation. `more`: in it where there is room, and on the "more" screen. `door`: for who is
   * not in yet. The name of another screen: reached from that one.
   */
  from: string;
}

export const SCREENS: Record<string, Screen> = {
  home: { load: () => Promise.resolve(), draw: () => html`<home-screen></home-screen>`, role: "guest", from: "bar" },
  voice: { load: () => import("./screens/voice"), draw: () => html`<voice-screen></voice-screen>`, role: "member", from: "bar" },
  devices: { load: () => import("./screens/devices"), draw: () => html`<devices-screen></devices-screen>`, role: "member", from: "bar" },
  gestures: { load: () => import("./screens/gestures"), draw: () => html`<gestures-screen></gestures-screen>`, role: "member", from: "more" },
  skills: { load: () => import("./screens/skills"), draw: () => html`<skills-screen></skills-screen>`, role: "member", from: "more" },
  hubs: { load: () => import("./screens/hubs"), draw: () => html`<hubs-screen></hubs-screen>`, role: "admin", from: "more" },
  learning: { load: () => import("./screens/learning"), draw: () => html`<learning-screen></learning-screen>`, role: "member", from: "more" },
  settings: { load: () => import("./screens/settings"), draw: () => html`<settings-screen></settings-screen>`, role: "admin", from: "more" },
  privacy: { load: () => import("./screens/privacy"), draw: () => html`<privacy-screen></privacy-screen>`, role: "member", from: "bar" },
  system: { load: () => import("./screens/system"), draw: () => html`<system-screen></system-screen>`, role: "guest", from: "bar" },
  people: { load: () => import("./screens/people"), draw: () => html`<people-screen></people-screen>`, role: "admin", from: "system" },
  rooms: { load: () => import("./screens/rooms"), draw: () => html`<rooms-screen></rooms-screen>`, role: "member", from: "devices" },
  entity: { load: () => import("./screens/entity"), draw: (id) => html`<entity-screen .entity=${id}></entity-screen>`, role: "guest", from: "home" },
  room: { load: () => import("./screens/room"), draw: (id) => html`<room-screen .area=${id}></room-screen>`, role: "guest", from: "home" },
  more: { load: () => import("./screens/more"), draw: () => html`<more-screen .ways=${parts(["more"])}></more-screen>`, role: "guest", from: "bar" },
  setup: { load: () => import("./screens/setup"), draw: (id) => html`<setup-screen .wanted=${id}></setup-screen>`, role: "owner", from: "door" },
  login: { load: () => import("./screens/login"), draw: () => html`<login-screen></login-screen>`, role: "guest", from: "door" },
};

/** The screens that are reached from there and that whoever sits here may go to, in the order of the navigation. */
export function parts(from: readonly string[]): string[] {
  return Object.keys(SCREENS).filter((name) => from.includes(SCREENS[name]!.from) && session.may(SCREENS[name]!.role));
}

/** The entry of the navigation that a screen stands under. */
export function partOf(name: string): string {
  const from = SCREENS[name]?.from ?? "bar";
  return from in SCREENS ? partOf(from) : name;
}
