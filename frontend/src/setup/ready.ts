/** The end: what was chosen is taken up, sentences to try, and what comes next. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { Said } from "../api/wire";
import { store } from "../home/store";
import "../parts/phone";
import { waiting } from "../parts/take-up";
import { LANGUAGES, words } from "../words";
import { SetupStep } from "./step";

@customElement("setup-ready")
export class ReadyStep extends SetupStep {
  protected readonly step = "ready";
  @state() private answer = "";
  @state() private left = false;

  protected override render(): TemplateResult {
    const { almostTitle, readyTitle, readyLead } = words().setup;
    if (!this.settings.found) return html`<h1>${readyTitle}</h1>`;
    return waiting(this.settings.found).length && !this.left
      ? html`<h1>${almostTitle}</h1><hearth-take-up .settings=${this.settings.found.settings} .later=${this.postpone}></hearth-take-up>`
      : html`<h1>${readyTitle}</h1><p class="lead">${readyLead}</p>${this.tryIt()}`;
  }

  private tryIt(): TemplateResult {
    const { tryTitle, tryLead, nextTitle, nextDevice, nextDeviceText, back, enter } = words().setup;
    // Until it starts anew the hub may speak another language than this page.
    const spoken = store.home.language;
    const { sentences } = (LANGUAGES[spoken] ?? words()).setup;
    return html`<section class="card" aria-labelledby="try">
        <h2 id="try">${tryTitle}</h2>
        <p class="hint">${tryLead}</p>
        <ul class="chips" lang=${spoken}>${sentences.map((each) => html`<li><button type="button" class="chip" @click=${() => this.say(each)}>${each}</button></li>`)}</ul>
        <p class="answer" role="status" lang=${spoken}>${this.answer || nothing}</p>
      </section>
      <section class="card" aria-labelledby="next">
        <h2 id="next">${nextTitle}</h2>
        <dl class="facts">
          <div><dt><a href="#/devices">${nextDevice}</a></dt><dd>${nextDeviceText}</dd></div>
        </dl>
      </section>
      <hearth-phone></hearth-phone>
      <section class="part">
        <p class="bad" role="alert">${this.trouble || nothing}</p>
        <div class="buttons ways">
          <a class="button" href="#/setup/privacy">${back}</a>
          <button type="button" class="strong" @click=${this.skip}>${enter}</button>
        </div>
      </section>`;
  }

  private say(text: string): Promise<void> {
    return this.doing(async () => {
      this.answer = "";
      this.answer = (await post<Said>("/api/v1/say", { text })).reply;
    });
  }

  private readonly postpone = (): void => {
    this.left = true;
  };

  protected override async keep(): Promise<void> {
    // Everything was kept on the way.
  }
}
