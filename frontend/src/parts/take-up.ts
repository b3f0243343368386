/** What waits until the hub starts anew, and starting it anew. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Setting, Settings } from "../api/wire";
import { restart } from "../home/restart";
import { words } from "../words";
import { Working } from "./working";

/** What waits until the hub starts anew, but for where the page is: that has a part of its own. */
export function waiting(found: Settings | undefined): Setting[] {
  return found?.settings.filter((each) => each.waits && !each.key.startsWith("web.")) ?? [];
}

@customElement("hearth-take-up")
export class TakeUp extends Working {
  @property({ attribute: false }) settings: Setting[] = [];
  /** What "later" does; without it there is no such button. */
  @property({ attribute: false }) later: (() => void) | undefined;

  protected override render(): TemplateResult {
    const { names, takeUp, takeUpLead, now, later, starting } = words().settings;
    const waiting = this.settings.filter((each) => each.waits);
    return html`<section class="card" aria-labelledby="take-up">
      <h2 id="take-up">${takeUp}</h2>
      <p>${takeUpLead}</p>
      <ul class="plain hint">${waiting.map((each) => html`<li>${names[each.key] ?? each.title}</li>`)}</ul>
      <p role="status">${this.busy ? starting : nothing}</p>
      <p class="bad" role="alert">${this.trouble || nothing}</p>
      <div class="buttons ways">
        ${this.later ? html`<button type="button" ?disabled=${this.busy} @click=${this.later}>${later}</button>` : nothing}
        <button type="button" class="strong" ?disabled=${this.busy} @click=${this.begin}>${now}</button>
      </div>
    </section>`;
  }

  private readonly begin = (): Promise<void> => this.doing(restart);
}
