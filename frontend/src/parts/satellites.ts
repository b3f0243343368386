/** The home's voice satellites: where each stands, whether the hub is connected to it; moving, removing and adding one. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { post } from "../api/client";
import type { Satellite } from "../api/wire";
import { Asked } from "../home/asked";
import { session } from "../home/session";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { words } from "../words";
import { english } from "./english";
import { icon } from "./icons";
import { explain, notify } from "./notice";
import { sure } from "./question";
import "./satellite-form";

const EVERY_MS = 4000;

@customElement("hearth-satellites")
export class Satellites extends Watching {
  private readonly asked = new Asked<{ satellites: Satellite[] }>(this, "/api/v1/satellites", "member", () => EVERY_MS);

  /** Ask again: one was added elsewhere on the screen. */
  again(): Promise<void> {
    return this.asked.again();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { title, lead, byAddress } = words().devices.satellites;
    const found = this.asked.found?.satellites ?? [];
    const admin = session.may("admin");
    if (!admin && !found.length) return nothing;
    return html`<section class="part" aria-labelledby="satellites">
      <h2 id="satellites">${title}</h2>
      <p class="hint">${lead}</p>
      ${this.asked.trouble ? html`<p class="bad">${this.asked.trouble}</p>` : nothing}
      <ul class="cards">${found.map((each) => this.satellite(each, admin))}</ul>
      ${admin ? html`<details class="card"><summary>${byAddress}</summary>
        <hearth-satellite-form @added=${() => this.again()}></hearth-satellite-form></details>` : nothing}
    </section>`;
  }

  private satellite(it: Satellite, admin: boolean): TemplateResult {
    const { states, room, nowhere } = words().devices.satellites;
    const { locked, remove } = words().devices;
    const place = store.area(it.area)?.name ?? (it.area || nowhere);
    return html`<li class="card device" data-satellite=${it.name}>
      <header><span class="badge">${icon("voice")}</span><div><h3>${it.name}</h3>
        ${it.host ? html`<p class="hint">${it.host}:${it.port}</p>` : nothing}</div></header>
      <p class="status ${it.state === "connected" ? "ok" : it.state === "away" ? "degraded" : ""}">${states[it.state]}</p>
      ${it.trouble ? html`<p class="bad">${english(it.trouble)}</p>` : nothing}
      ${admin && !it.locked
        ? html`<div class="field"><label for="at-${it.name}">${room}</label>
            <select id="at-${it.name}" @change=${(event: Event) => this.move(it, (event.target as HTMLSelectElement).value)}>
              <option value="" ?selected=${!it.area}>${nowhere}</option>
              ${store.home.areas.map((area) => html`<option value=${area.id} ?selected=${area.id === it.area}>${area.name}</option>`)}
            </select></div>
          <div class="buttons"><button type="button" aria-label=${`${remove}: ${it.name}`} @click=${() => this.takeOut(it)}>${remove}</button></div>`
        : html`<p>${place}</p>${it.locked ? html`<p class="hint">${locked}</p>` : nothing}`}
    </li>`;
  }

  private move({ name, host, port }: Satellite, area: string): Promise<void> {
    return this.doing(async () => {
      await post("/api/v1/satellites", { name, host, port, area });
      notify(words().devices.satellites.moved(name));
    });
  }

  private async takeOut({ name }: Satellite): Promise<void> {
    const { removeSure, removed } = words().devices.satellites;
    if (!(await sure(removeSure(name)))) return;
    await this.doing(async () => {
      await post("/api/v1/satellites/remove", { name });
      notify(removed(name));
      this.dispatchEvent(new CustomEvent("removed", { bubbles: true }));
    });
  }

  private async doing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      notify(explain(error), true);
    }
    await this.again();
  }
}
