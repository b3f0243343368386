/** The hub's own microphone, and whether the microphone and camera of this device work. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { store } from "../home/store";
import "../parts/camera-test";
import "../parts/microphone-test";
import { words } from "../words";
import { SetupStep } from "./step";

const LISTENS = "voice.microphone";
const WHERE = "voice.area";

@customElement("setup-senses")
export class SensesStep extends SetupStep {
  protected readonly step = "senses";

  protected override render(): TemplateResult {
    const { sensesTitle, sensesLead, own, ownLead, listens, where, nowhere } = words().setup;
    const listening = this.setting(LISTENS);
    const area = String(this.setting(WHERE)?.value ?? "");
    return html`<h1>${sensesTitle}</h1>
      <p class="lead">${sensesLead}</p>
      <section class="card" aria-labelledby="microphone-test">
        <h2 id="microphone-test">${words().microphone.test.title}</h2>
        <hearth-microphone-test></hearth-microphone-test>
      </section>
      <hearth-camera-test></hearth-camera-test>
      <form class="card" @submit=${this.submit}>
        <h2>${own}</h2>
        <p class="hint">${ownLead}</p>
        <label class="tick"><input type="checkbox" name="listens" .checked=${listening?.value === true} ?disabled=${listening?.locked ?? true}> ${listens}</label>
        ${this.lock(LISTENS)}
        ${store.home.areas.length
          ? html`<label for="where">${where}</label>
              <select id="where" name="where" ?disabled=${this.setting(WHERE)?.locked ?? true}>
                <option value="">${nowhere}</option>
                ${store.home.areas.map((each) => html`<option value=${each.id} ?selected=${each.id === area}>${each.name}</option>`)}
              </select>`
          : nothing}
        ${this.ways()}
      </form>`;
  }

  protected override keep(form: FormData): Promise<void> {
    return this.change({ [LISTENS]: form.has("listens"), ...(form.has("where") ? { [WHERE]: String(form.get("where")) } : {}) });
  }
}
