/** What the home hears, sees and keeps, what leaves it, and the switches that there are. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { words } from "../words";
import { SetupStep } from "./step";

const SWITCHES = ["presence.enabled", "learning.enabled"];

@customElement("setup-privacy")
export class PrivacyStep extends SetupStep {
  protected readonly step = "privacy";

  protected override render(): TemplateResult {
    const { privacyTitle, privacyLead, facts, switches, switchesLead, switchNames } = words().setup;
    return html`<h1>${privacyTitle}</h1>
      <p class="lead">${privacyLead}</p>
      <dl class="card facts">${facts.map(([term, what]) => html`<div><dt>${term}</dt><dd>${what}</dd></div>`)}</dl>
      <form class="card" @submit=${this.submit}>
        <h2>${switches}</h2>
        ${SWITCHES.map((key) => html`<label class="tick"><input type="checkbox" name=${key} .checked=${this.setting(key)?.value === true}
          ?disabled=${this.setting(key)?.locked ?? true}> ${switchNames[key]}</label>${this.lock(key)}`)}
        <p class="hint">${switchesLead}</p>
        ${this.ways()}
      </form>`;
  }

  protected override keep(form: FormData): Promise<void> {
    return this.change(Object.fromEntries(SWITCHES.map((key) => [key, form.has(key)])));
  }
}
