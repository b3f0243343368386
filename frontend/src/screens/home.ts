/** The home by rooms: what is so now, and a touch to change it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Area, Entity } from "../api/wire";
import { firstSteps } from "../home/first-steps";
import { session } from "../home/session";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { icon } from "../parts/icons";
import { row } from "../parts/row";
import { act } from "../home/acting";
import { words } from "../words";
import { presence } from "../words/values";

// From here on a room that is not on the screen waits to be drawn; below, heights that are guessed are not worth it.
const MANY = 100;

@customElement("home-screen")
export class HomeScreen extends Watching {
  protected override render(): TemplateResult {
    const { areas } = store.home;
    const entities = things();
    if (!entities.length && !areas.length) {
      return html`<h1>${words().home.title}</h1>${unfinished()}<p>${store.ready ? words().home.empty : words().starting}</p>`;
    }
    const placed = new Set(areas.map((area) => area.id));
    const scenes = entities.filter((entity) => entity.kind === "scene");
    const loose = entities.filter((entity) => !placed.has(entity.area) && entity.kind !== "scene");
    return html`
      <h1 class="named">${store.home.name || words().home.title}</h1>
      ${firstSteps.step ? unfinished() : unowned()} ${this.summary()} ${this.scenes(scenes)}
      ${floors(areas).map(([floor, rooms]) => this.floor(floor, rooms))}
      ${this.bare(areas)}
      ${loose.length ? html`<div class="rooms" ?data-many=${store.home.entities.length > MANY}>${room("", words().home.elsewhere, nothing, loose, false)}</div>` : nothing}
    `;
  }

  /** Rooms with nothing in them yet. */
  private bare(areas: Area[]): TemplateResult | typeof nothing {
    const { bare, bareText } = words().home;
    const found = areas.filter((area) => !presence(area) && !store.home.entities.some((entity) => entity.area === area.id && entity.kind !== "scene"));
    return found.length ? html`<section aria-labelledby="bare">
      <h2 id="bare" class="quiet floor">${bare}</h2>
      <ul class="chips">${found.map((area) => html`<li><a class="button chip" href=${`#/room/${area.id}`}>${area.name}</a></li>`)}</ul>
      <p class="hint"><a href="#/devices">${bareText}</a></p>
    </section>` : nothing;
  }

  private summary(): TemplateResult | typeof nothing {
    if (!things().length) return nothing;
    const { home, state } = { home: words().home, state: store.home };
    const is = (trait: string, value: unknown): Entity[] =>
      state.entities.filter((entity) => trait in entity.traits && store.value(entity, trait) === value);
    const lights = is("OnOff", true).filter((entity) => entity.kind === "light").length;
    const unlocked = is("Lock", "unlocked").map((entity) => entity.name);
    const open = is("Contact", true).length;
    const away = state.entities.filter((entity) => !entity.available).length;
    const people = state.people.filter((person) => person.home).map((person) => person.name);
    const lines = [
      people.length ? home.people(people.join(", ")) : "",
      home.lightsOn(lights),
      unlocked.length ? home.unlocked(unlocked.join(", ")) : "",
      open ? home.open(open) : "",
      away ? home.away(away) : "",
    ];
    return html`<ul class="summary">${lines.filter(Boolean).map((line) => html`<li>${line}</li>`)}</ul>`;
  }

  private scenes(scenes: Entity[]): TemplateResult | typeof nothing {
    if (!scenes.length) return nothing;
    return html`<section aria-labelledby="scenes">
      <h2 id="scenes" class="quiet">${words().home.scenes}</h2>
      <ul class="chips">
        ${scenes.map((scene) => html`<li><button type="button" class="chip" ?disabled=${!scene.available}
          @click=${() => act(scene, "Press", "pressed")}>${icon("scene")}${scene.name}</button></li>`)}
      </ul>
    </section>`;
  }

  private floor(floor: string, areas: Area[]): TemplateResult {
    const rooms = areas.flatMap((area) => {
      const inside = store.home.entities.filter((entity) => entity.area === area.id && entity.kind !== "scene");
      const use = presence(area);
      return inside.length || use ? [room(area.id, area.name, use ? mark(area, use) : nothing, inside, floor !== "")] : [];
    });
    return html`${floor ? html`<h2 class="quiet floor">${words().floors[floor] ?? floor}</h2>` : nothing}
      <div class="rooms" ?data-many=${store.home.entities.length > MANY}>${rooms}</div>`;
  }
}

/** What the home has; that browsers may show their cameras is no thing but a permission. */
function things(): Entity[] {
  return store.home.entities.filter((entity) => entity.device_class !== "browser");
}

const LATER = "hearth-owner-later";

// A home works before it has an owner; that it has none is said once.
function unowned(): TemplateResult | typeof nothing {
  const { me } = session;
  if (!me || me.owned || me.by !== "open" || localStorage.getItem(LATER)) return nothing;
  const { openTitle, openText, openDo, later } = words().door;
  const wait = (): void => {
    localStorage.setItem(LATER, "1");
    session.dispatchEvent(new Event("changed"));
  };
  return html`<section class="card unowned" aria-labelledby="unowned">
    <h2 id="unowned">${openTitle}</h2><p>${openText}</p>
    <div class="buttons"><a class="button strong" href="#/setup">${openDo}</a><button type="button" @click=${wait}>${later}</button></div>
  </section>`;
}

// Setting up was put off.
function unfinished(): TemplateResult | typeof nothing {
  const { unfinished: title, unfinishedText, goOn } = words().setup;
  return firstSteps.step ? html`<section class="card unowned" aria-labelledby="unfinished">
    <h2 id="unfinished">${title}</h2><p>${unfinishedText}</p><p><a class="button strong" href="#/setup">${goOn}</a></p>
  </section>` : nothing;
}

function floors(areas: Area[]): [string, Area[]][] {
  const found = new Map<string, Area[]>();
  for (const area of areas) found.set(area.floor, [...(found.get(area.floor) ?? []), area]);
  return [...found];
}

function mark(area: Area, use: string): TemplateResult {
  return html`<a class=${area.presence ? "use there" : "use"} href=${`#/room/${area.id}`}>${use}</a>`;
}

function room(
  id: string, name: string, use: TemplateResult | typeof nothing, inside: Entity[], underFloor: boolean,
): TemplateResult {
  const title = `room-${id}`;
  const lit = inside.some((entity) => entity.kind === "light" && store.value(entity, "OnOff") === true);
  return html`<section class=${lit ? "card room lit" : "card room"} aria-labelledby=${title}>
    <header>${underFloor ? html`<h3 id=${title}>${name}</h3>` : html`<h2 id=${title}>${name}</h2>`}${use}</header>
    <ul class="things">${repeat(inside, (entity) => entity.entity, row)}</ul>
  </section>`;
}
