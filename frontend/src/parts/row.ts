/** A thing as one line of its room: what it is, how it is, and what one mostly wants of it. */
import { html, nothing, type TemplateResult } from "lit";
import type { Entity } from "../api/wire";
import { store } from "../home/store";
import { stateLine } from "../words/values";
import { locker, opener, player, slider, starter, stepper, toggle } from "./controls";
import { iconOf } from "./icons";

// The first that a thing has is its main control.
const MAIN = { OnOff: toggle, Lock: locker, Position: opener, Setpoint: stepper, Media: player, Press: starter };

export function row(entity: Entity): TemplateResult {
  const value = (trait: string) => store.value(entity, trait);
  const main = Object.entries(MAIN).find(([trait]) => trait in entity.traits);
  const on = value("OnOff") === true;
  const level = on && "Level" in entity.traits;
  // A stepper says itself what is set.
  const told = (trait: string) => (trait === "Setpoint" ? null : value(trait));
  return html`<li class=${on && entity.available ? "thing on" : "thing"} ?data-wide=${main?.[0] === "Setpoint"} data-entity=${entity.entity}>
    <span class="badge">${iconOf(entity.kind, entity.device_class, value("Lock"))}</span>
    <a href=${`#/entity/${encodeURIComponent(entity.entity)}`}>
      <span class="name">${entity.name}</span>
      <span class=${entity.available ? "state" : "state away"}>${stateLine(entity, told)}</span>
    </a>
    <span class="main">${main ? main[1](entity, main[0]) : nothing}</span>
    ${level ? html`<span class="level">${slider(entity, "Level")}</span>` : nothing}
  </li>`;
}
