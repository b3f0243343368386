/** One thing: everything it can be told, how it was, and why it is as it is. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Entity } from "../api/wire";
import { session } from "../home/session";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { CONTROLS } from "../parts/controls";
import { icon, iconOf } from "../parts/icons";
import "../parts/entity-words";
import "../parts/past";
import "../parts/why";
import { words } from "../words";
import { moment } from "../words/figures";
import { inWords, stateLine, traitName } from "../words/values";

@customElement("entity-screen")
export class EntityScreen extends Watching {
  @property() entity = "";

  protected override render(): TemplateResult {
    const entity = store.entity(this.entity);
    const back = html`<a class="back" href="#/home">${icon("back")}${words().nav["home"]}</a>`;
    if (!entity) return html`${back}<h1>${this.entity}</h1><p>${store.ready ? words().entity.missing : words().loading}</p>`;
    const on = store.value(entity, "OnOff") === true && entity.available;
    // What happened in the home is not for guests.
    const told = session.may("member");
    return html`${back}
      <header class=${on ? "face on" : "face"}>
        <span class="badge">${iconOf(entity.kind, entity.device_class, store.value(entity, "Lock"))}</span>
        <div>
          <h1>${entity.name}</h1>
          <p class=${entity.available ? "state" : "state away"}>${stateLine(entity, (trait) => store.value(entity, trait))}</p>
        </div>
      </header>
      <div class="columns">
        <div>${this.controls(entity)}${told ? html`<hearth-why .entity=${entity}></hearth-why>` : nothing}</div>
        <div>${told ? html`<hearth-past .entity=${entity}></hearth-past>` : nothing}${this.facts(entity)}
          ${session.may("admin") ? html`<hearth-entity-words .entity=${entity}></hearth-entity-words>` : nothing}</div>
      </div>`;
  }

  private controls(entity: Entity): TemplateResult | typeof nothing {
    const traits = Object.keys(entity.traits);
    if (!traits.length) return nothing;
    return html`<section class="card" aria-labelledby="controls">
      <h2 id="controls">${words().entity.controls}</h2>
      <ul class="traits">${traits.map((trait) => this.trait(entity, trait))}</ul>
    </section>`;
  }

  private trait(entity: Entity, trait: string): TemplateResult {
    const control = CONTROLS[trait];
    const since = entity.changed[trait];
    const now = trait === "Press" ? "" : inWords(trait, store.value(entity, trait), entity.config[trait]);
    return html`<li data-trait=${trait}>
      <span class="name">${traitName(trait, entity.kind)}</span>
      <span class="state">${now} ${since ? html`<small>${words().entity.since(moment(since))}</small>` : nothing}</span>
      <span class="main">${control ? control(entity, trait) : nothing}</span>
    </li>`;
  }

  private facts(entity: Entity): TemplateResult {
    const { facts, id, names, room, hub } = words().entity;
    const known: [string, string][] = [
      [room, store.area(entity.area)?.name ?? ""],
      [names, entity.aliases.join(", ")],
      [id, entity.entity],
      [hub, entity.hub.slice(0, 12)],
    ];
    return html`<section class="card" aria-labelledby="facts">
      <h2 id="facts">${facts}</h2>
      <dl>${known.filter(([, what]) => what).map(([term, what]) => html`<div><dt>${term}</dt><dd>${what}</dd></div>`)}</dl>
    </section>`;
  }
}
