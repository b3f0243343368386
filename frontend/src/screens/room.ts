/** One room: who is there, since when and why the hub thinks so, and what is in it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Area, Entity, Value } from "../api/wire";
import { session } from "../home/session";
import { store } from "../home/store";
import { Told } from "../home/told";
import { Watching } from "../home/watching";
import { icon } from "../parts/icons";
import "../parts/past";
import { row } from "../parts/row";
import "../parts/why";
import { words } from "../words";
import { presence } from "../words/values";

@customElement("room-screen")
export class RoomScreen extends Watching {
  @property() area = "";
  /** When the hub last changed its mind, so that what is told of the past is asked for anew. */
  @state() private changed = 0;

  constructor() {
    super();
    new Told(this, (event) => {
      if (event.event === "StateChanged" && event["entity"] === `area.${this.area}`) this.changed = event.at;
    });
  }

  protected override render(): TemplateResult {
    const area = store.area(this.area);
    const back = html`<a class="back" href="#/home">${icon("back")}${words().nav["home"]}</a>`;
    if (!area) return html`${back}<h1>${this.area}</h1><p>${store.ready ? words().entity.missing : words().loading}</p>`;
    const use = presence(area);
    const inside = store.home.entities.filter((entity) => entity.area === area.id);
    return html`${back}
      <header class=${area.presence ? "face on" : "face"}>
        <span class="badge">${icon("home")}</span>
        <div><h1>${area.name}</h1><p class="state">${use}</p></div>
      </header>
      <div class="columns">
        <section class="card room" aria-labelledby="inside"><h2 id="inside">${words().room.inRoom}</h2>
          <ul class="things">${repeat(inside, (entity) => entity.entity, row)}</ul></section>
        ${use && session.may("member") ? this.past(area) : nothing}
      </div>`;
  }

  // A room's presence has a past as a thing's state has.
  private past(area: Area): TemplateResult {
    const traits: Record<string, Value> = { Presence: area.presence };
    const like: Entity = {
      entity: `area.${area.id}`, name: area.name, kind: "area", area: area.id, traits, available: true,
      config: { Presence: { measures: "occupancy" } }, changed: { Presence: this.changed }, aliases: [], device_class: "", hub: "", exposed: null, locked: true,
    };
    return html`<div><hearth-why .entity=${like}></hearth-why><hearth-past .entity=${like}></hearth-past></div>`;
  }
}
