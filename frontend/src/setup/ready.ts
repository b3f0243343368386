/** The end: what was chosen is taken up, sentences to try, and what comes next. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { Said } from "../api/wire";
import { firstSteps } from "../home/first-steps";
import { restart } from "../home/restart";
import { SCREENS } from "../places";
import { words } from "../words";
import { SetupStep } from "./step";

@customElement("setup-ready")
export class ReadyStep extends SetupStep {
  protected readonly step = "ready";
  @state() private answer = "";
  @state() private left = false;

  protected override render(): TemplateResult {
    const { almostTitle, readyTitle, readyLead } = words().setup;
    if (!this.settings.found) return html`<h1>${readyTitle}</h1>`;
    return this.settings.found.restart && !this.left
      ? html`<h1>${almostTitle}</h1>${this.takeUp()}`
      : html`<h1>${readyTitle}</h1><p class="lead">${readyLead}</p>${this.tryIt()}`;
  }

  private takeUp(): TemplateResult {
    const { restartTitle, restartLead, restartNow, restartLater, restarting } = words().setup;
    const waiting = this.settings.found?.settings.filter((each) => each.waits) ?? [];
    return html`<form class="card" @submit=${this.submit}>
      <h2>${restartTitle}</h2>
      <p>${restartLead}</p>
      <ul class="plain hint">${waiting.map((each) => html`<li>${words().setup.settingNames[each.key] ?? each.title}</li>`)}</ul>
      <p role="status">${this.busy ? restarting : nothing}</p>
      <p class="bad" role="alert">${this.trouble || nothing}</p>
      <div class="buttons ways">
        <button type="button" ?disabled=${this.busy} @click=${() => (this.left = true)}>${restartLater}</button>
        <button type="submit" class="strong" ?disabled=${this.busy}>${restartNow}</button>
      </div>
    </form>`;
  }

  private tryIt(): TemplateResult {
    const { tryTitle, tryLead, sentences, nextTitle, nextDevice, nextDeviceText, nextPhone, nextPhoneText, back, enter } = words().setup;
    const devices = "devices" in SCREENS;
    return html`<section class="card" aria-labelledby="try">
        <h2 id="try">${tryTitle}</h2>
        <p class="hint">${tryLead}</p>
        <ul class="chips">${sentences.map((each) => html`<li><button type="button" class="chip" @click=${() => this.say(each)}>${each}</button></li>`)}</ul>
        <p class="answer" role="status">${this.answer || nothing}</p>
      </section>
      <section class="card" aria-labelledby="next">
        <h2 id="next">${nextTitle}</h2>
        <dl class="facts">
          <div><dt>${devices ? html`<a href="#/devices">${nextDevice}</a>` : nextDevice}</dt><dd>${nextDeviceText}</dd></div>
          <div><dt>${nextPhone}</dt><dd>${nextPhoneText}</dd></div>
        </dl>
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

  // The hub begins anew once, with everything that was chosen on the way.
  protected override async keep(): Promise<void> {
    await restart();
  }

  protected override async pass(): Promise<void> {
    if (this.settings.found?.restart && !this.left) {
      location.reload();
      return;
    }
    await firstSteps.goOn();
    location.hash = "#/home";
  }
}
