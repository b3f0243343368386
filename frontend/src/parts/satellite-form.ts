/** Adding a voice satellite: what it is to be called and in which room it stands; where it is, unless that was found. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { Satellite } from "../api/wire";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { words } from "../words";
import type { Wording } from "./english";
import { explain, notify } from "./notice";

const PORT = 10700;

@customElement("hearth-satellite-form")
export class SatelliteForm extends Watching {
  /** What was found; without it the form asks for name and address. */
  @property({ attribute: false }) found: { name: string; host: string; port: number } | undefined;
  @state() private busy = false;
  @state() private trouble: Wording = "";

  protected override render(): TemplateResult {
    const { name, room, nowhere, address, port, add, addOf, asking } = words().devices.satellites;
    const { found } = this;
    const id = found ? `${found.host}-${found.port}` : "new";
    return html`<form class="satellite" autocomplete="off" @submit=${this.submit}>
      <div class="field"><label for="name-${id}">${name}</label>
        <input id="name-${id}" name="name" required maxlength="60" .defaultValue=${found?.name.slice(0, 60) ?? ""}></div>
      ${found ? nothing : html`<div class="field"><label for="host-${id}">${address}</label>
          <input id="host-${id}" name="host" required maxlength="253" spellcheck="false"></div>
        <div class="field"><label for="port-${id}">${port}</label>
          <input id="port-${id}" name="port" type="number" required min="1" max="65535" .defaultValue=${String(PORT)}></div>`}
      <div class="field"><label for="room-${id}">${room}</label>
        <select id="room-${id}" name="area"><option value="">${nowhere}</option>
          ${store.home.areas.map((area) => html`<option value=${area.id}>${area.name}</option>`)}</select></div>
      <p role="status" class="hint">${this.busy ? asking : nothing}</p>
      <p class="bad" role="alert">${this.trouble || nothing}</p>
      <button type="submit" class="strong" aria-label=${found ? addOf(found.name) : nothing} ?disabled=${this.busy}>${add}</button>
    </form>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const entered = new FormData(form);
    const text = (field: string): string => String(entered.get(field) ?? "").trim();
    const { host, port } = this.found ?? { host: text("host"), port: Number(text("port")) };
    this.busy = true;
    this.trouble = "";
    try {
      const added = await post<Satellite>("/api/v1/satellites", { name: text("name"), host, port, area: text("area") });
      notify(words().devices.satellites.added(added.name));
      form.reset();
      this.dispatchEvent(new CustomEvent("added", { bubbles: true }));
    } catch (error) {
      this.trouble = explain(error);
    }
    this.busy = false;
  }
}
