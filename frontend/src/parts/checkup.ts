/** What the hub's doctor finds, with what the hub can mend itself. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { get, post } from "../api/client";
import type { Finding } from "../api/upkeep";
import { backFrom } from "../home/restart";
import { Watching } from "../home/watching";
import { words } from "../words";
import { english, type Wording } from "./english";
import { explain, notify } from "./notice";
import { sure } from "./question";

@customElement("hearth-checkup")
export class Checkup extends Watching {
  @state() private found: Finding[] | undefined;
  @state() private said = "";
  @state() private trouble: Wording = "";

  protected override render(): TemplateResult {
    const { check, checkLead, checkNow } = words().system;
    return html`<section class="card" aria-labelledby="checkup">
      <h2 id="checkup">${check}</h2>
      <p class="hint">${checkLead}</p>
      <div role="status">${this.said ? html`<p class="hint">${this.said}</p>` : this.verdict()}</div>
      <p class="bad" role="alert">${this.trouble || nothing}</p>
      ${this.found ? this.findings(this.found) : nothing}
      <button type="button" ?disabled=${this.said !== ""} @click=${this.look}>${checkNow}</button>
    </section>`;
  }

  private verdict(): TemplateResult | typeof nothing {
    if (!this.found || this.found.some(({ level }) => level === "broken")) return nothing;
    return html`<p class="status ok">${words().system.allWell(this.found.length)}</p>`;
  }

  private findings(found: Finding[]): TemplateResult {
    const { broken, absent, fine } = words().system;
    const of = (level: string): Finding[] => found.filter((each) => each.level === level);
    const list = (each: Finding[]): TemplateResult => html`<ul class="plain findings">${each.map((one) => this.finding(one))}</ul>`;
    const folded = (title: string, each: Finding[]): TemplateResult | typeof nothing =>
      each.length ? html`<details><summary>${title} (${each.length})</summary>${list(each)}</details>` : nothing;
    return html`${of("broken").length ? html`<h3 class="bad">${broken}</h3>${list(of("broken"))}` : nothing}
      ${folded(absent, of("absent"))}${folded(fine, of("ok"))}`;
  }

  private finding({ check, detail, mend, action }: Finding): TemplateResult {
    return html`<li><strong>${english(check)}</strong>: ${english(detail)}
      ${mend ? html`<span class="hint">${english(mend)}</span>` : nothing}
      ${action ? html`<button type="button" ?disabled=${this.said !== ""} @click=${() => this.mend(action)}>${words().system.mend[action]}</button>` : nothing}
    </li>`;
  }

  private async look(): Promise<void> {
    this.said = words().system.checking;
    await this.trying(async () => {
      this.found = (await get<{ findings: Finding[] }>("/api/v1/doctor")).findings;
    });
  }

  private async mend(action: string): Promise<void> {
    if (!(await sure(words().system.mendSure[action] ?? action))) return;
    this.said = words().system.mending;
    const done = await this.trying(async () => {
      const { run } = await post<{ run: string }>("/api/v1/doctor/mend", { action }, true);
      if (run) await backFrom(run);
    });
    if (!done) return;
    notify(words().system.mended);
    await this.look();
  }

  private async trying(what: () => Promise<void>): Promise<boolean> {
    this.trouble = "";
    try {
      await what();
      return true;
    } catch (error) {
      this.trouble = explain(error);
      return false;
    } finally {
      this.said = "";
    }
  }
}
