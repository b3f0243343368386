/** For who does not believe the page: the hub is tried, and how to do that without the page. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { AuditLine } from "../api/upkeep";
import { session } from "../home/session";
import { Watching } from "../home/watching";
import { words } from "../words";
import { english, type Wording } from "./english";
import { explain } from "./notice";

const COMMANDS = ["hearth privacy audit", "hearth privacy ledger --since 7d", "hearth doctor"];

@customElement("hearth-doubt")
export class Doubt extends Watching {
  @state() private lines: AuditLine[] | undefined;
  @state() private busy = false;
  @state() private trouble: Wording = "";

  protected override render(): TemplateResult {
    const { doubt, doubtLead, tryNow, trying, byHand } = words().privacy;
    return html`<section class="card" aria-labelledby="doubt">
      <h2 id="doubt">${doubt}</h2>
      ${session.may("admin")
        ? html`<p class="hint">${doubtLead}</p>
            <button type="button" ?disabled=${this.busy} @click=${this.tried}>${this.busy ? trying : tryNow}</button>`
        : nothing}
      <p class="bad" role="alert">${this.trouble || nothing}</p>
      <div role="status">${this.lines ? html`<ul class="plain findings">${this.lines.map((line) => this.line(line))}</ul>` : nothing}</div>
      <p class="hint">${byHand}</p>
      <ul class="plain">${COMMANDS.map((each) => html`<li><code>${each}</code></li>`)}</ul>
    </section>`;
  }

  private line({ check, ok, detail }: AuditLine): TemplateResult {
    const { checks, holds, breaks } = words().privacy;
    return html`<li><strong>${checks[check] ?? english(check)}</strong>
      <span class=${ok ? "verdict" : "verdict bad"}>${ok ? holds : breaks}</span><span class="hint">${english(detail)}</span></li>`;
  }

  private async tried(): Promise<void> {
    this.busy = true;
    this.trouble = "";
    try {
      this.lines = (await post<{ lines: AuditLine[] }>("/api/v1/privacy/audit", {}, true)).lines;
    } catch (error) {
      this.trouble = explain(error);
    }
    this.busy = false;
  }
}
