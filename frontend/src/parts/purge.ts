/** Deleting what the home remembers: first it is said what that is. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { Purge as Answer } from "../api/upkeep";
import { backFrom, comingBack } from "../home/restart";
import { Watching } from "../home/watching";
import { words } from "../words";
import { number } from "../words/figures";
import type { Wording } from "./english";
import { explain, notify } from "./notice";
import { sure } from "./question";

@customElement("hearth-purge")
export class Purge extends Watching {
  @state() private found: Answer["remembered"] | undefined;
  @state() private ledger = false;
  @state() private trouble: Wording = "";

  protected override render(): TemplateResult {
    const { delete: title, deleteLead, withLedger, deleteWhat } = words().privacy;
    return html`<h3>${title}</h3>
      <p class="hint">${deleteLead}</p>
      <label class="check"><input type="checkbox" .checked=${this.ledger} @change=${this.chosen}> ${withLedger}</label>
      <p class="bad" role="alert">${this.trouble || nothing}</p>
      <div role="status">${this.found ? this.what(this.found) : nothing}</div>
      ${this.found ? nothing : html`<button type="button" @click=${this.look}>${deleteWhat}</button>`}`;
  }

  private what(found: Answer["remembered"]): TemplateResult {
    const { remembered, nothing: empty, deleteNow } = words().privacy;
    const some = found.filter(({ rows }) => rows);
    if (!some.length) return html`<p class="hint">${empty}</p>`;
    return html`<ul class="plain">${some.map(({ what, rows }) => html`<li>${number(rows)} ${remembered[what] ?? what}</li>`)}</ul>
      <p><button type="button" class="grave" ?disabled=${comingBack.waits} @click=${this.forget}>${deleteNow}</button></p>`;
  }

  private chosen(event: Event): void {
    this.ledger = (event.target as HTMLInputElement).checked;
    this.found = undefined;
  }

  private async look(): Promise<void> {
    this.found = (await this.asked(false))?.remembered;
  }

  private async forget(): Promise<void> {
    if (!(await sure(words().privacy.deleteSure))) return;
    const answer = await this.asked(true);
    if (!answer) return;
    await backFrom(answer.run);
    this.found = undefined;
    notify(words().privacy.deleted);
    this.dispatchEvent(new Event("gone"));
  }

  private async asked(sure: boolean): Promise<Answer | undefined> {
    try {
      this.trouble = "";
      return await post<Answer>("/api/v1/privacy/purge", { ledger: this.ledger, sure });
    } catch (error) {
      this.trouble = explain(error);
      return undefined;
    }
  }
}
