/** The last lines of the hub's log, fetched when they are opened. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { get } from "../api/client";
import type { LogLine } from "../api/upkeep";
import { Watching } from "../home/watching";
import { words } from "../words";
import { moment } from "../words/figures";
import { english, type Wording } from "./english";
import { explain } from "./notice";

@customElement("hearth-log")
export class Log extends Watching {
  @state() private lines: LogLine[] | undefined;
  @state() private trouble: Wording = "";

  protected override render(): TemplateResult {
    const { log, logLead, logShow, logNone } = words().system;
    return html`<section class="card" aria-labelledby="log">
      <h2 id="log">${log}</h2>
      <p class="hint">${logLead}</p>
      <details @toggle=${this.opened}><summary>${logShow}</summary>
        ${this.trouble ? html`<p class="bad">${this.trouble}</p>` : nothing}
        ${this.lines?.length === 0 ? html`<p class="hint">${logNone}</p>` : nothing}
        <ol class="scroll log" tabindex="0" aria-labelledby="log">${this.lines?.map((line) => this.line(line))}</ol>
      </details>
    </section>`;
  }

  private line({ at, level, text, facts }: LogLine): TemplateResult {
    const bad = level !== "info" && level !== "debug";
    const about = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
    return html`<li><time class="hint">${moment(at)}</time>
      <span>${bad ? html`<strong class="bad">${words().system.levels[level] ?? level}: </strong>` : nothing}${english(text)}
      ${about.length ? html`<small>${english(about.join(", "))}</small>` : nothing}</span></li>`;
  }

  private async opened(event: Event): Promise<void> {
    if (!(event.target as HTMLDetailsElement).open) return;
    try {
      this.lines = (await get<{ lines: LogLine[] }>("/api/v1/logs")).lines;
      this.trouble = "";
    } catch (error) {
      this.trouble = explain(error);
    }
  }
}
