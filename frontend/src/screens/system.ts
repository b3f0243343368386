/** How the hub is, and looking after it: check-up, backup, starting again, its log. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { Hubs } from "../api/hubs";
import type { Health } from "../api/wire";
import { Asked } from "../home/asked";
import { Figures } from "../home/figures";
import { comingBack, restart } from "../home/restart";
import { session } from "../home/session";
import { Watching } from "../home/watching";
import "../parts/backup";
import "../parts/checkup";
import { english } from "../parts/english";
import { languages } from "../parts/languages";
import "../parts/log";
import { explain, notify } from "../parts/notice";
import { sure } from "../parts/question";
import "../parts/you";
import { words } from "../words";
import { duration, number, size } from "../words/figures";

const EVERY_MS = 5000;
type Fact = [string, string | TemplateResult | undefined];

@customElement("system-screen")
export class SystemScreen extends Watching {
  private readonly health = new Asked<Health>(this, "/healthz", "guest", () => EVERY_MS);
  private readonly hubs = new Asked<Hubs>(this, "/api/v1/peers", "admin", () => 4 * EVERY_MS);
  private readonly figures = new Figures(this, EVERY_MS);

  protected override render(): TemplateResult {
    const admin = session.may("admin");
    return html`<h1>${words().system.title}</h1>
      <div class="columns">
        <div>${this.wellbeing()}${admin ? html`<hearth-checkup></hearth-checkup>${this.again()}<hearth-log></hearth-log>` : nothing}</div>
        <div><hearth-you></hearth-you>${session.may("owner") ? html`<hearth-backup></hearth-backup>` : nothing}${this.languages()}</div>
      </div>`;
  }

  private wellbeing(): TemplateResult {
    const { health: title, status, version, uptime, memory, written, waiting, pages, others, problems } = words().system;
    const { found, trouble } = this.health;
    const figure = (name: string, told: (value: number) => string): string | undefined => {
      const value = this.figures.found.get(name);
      return value === undefined ? undefined : told(value);
    };
    const wrong = Object.entries(found?.problems ?? {});
    const peers = this.hubs.found?.peers.filter((peer) => !peer.here) ?? [];
    return html`<section class="card" aria-labelledby="health">
      <h2 id="health">${title}</h2>
      ${trouble && !comingBack.waits ? html`<p class="bad">${trouble}</p>` : nothing}
      ${found ? html`<p class=${`status ${found.status}`}>${status[found.status] ?? found.status}</p>` : nothing}
      ${wrong.length
        ? html`<h3>${problems}</h3><ul class="plain">${wrong.map(([what, why]) => html`<li><strong>${english(what)}</strong>: ${english(why)}</li>`)}</ul>`
        : nothing}
      ${facts([
        [version, found?.version],
        [uptime, found && duration(found.uptime_s)],
        [memory, figure("process_resident_memory_bytes", size)],
        [written, figure("hearth_history_rows_written", number)],
        [waiting, figure("hearth_history_rows_waiting", number)],
        [pages, figure("hearth_live_clients", number)],
        [others, this.hubs.found && String(peers.length)],
      ])}
      ${location.protocol === "https:" ? html`<p><a href="/ca.crt" download>${words().system.trust}</a></p>` : nothing}
    </section>`;
  }

  private again(): TemplateResult {
    const { again, againLead, againNow } = words().system;
    return html`<section class="card" aria-labelledby="again">
      <h2 id="again">${again}</h2>
      <p class="hint">${againLead}</p>
      <button type="button" ?disabled=${comingBack.waits} @click=${this.startAgain}>${againNow}</button>
    </section>`;
  }

  private async startAgain(): Promise<void> {
    if (!(await sure(words().system.againSure))) return;
    try {
      await restart();
    } catch (error) {
      notify(explain(error), true);
    }
  }

  private languages(): TemplateResult {
    return html`<section class="card" aria-labelledby="look"><h2 id="look">${words().system.look}</h2>${languages()}</section>`;
  }
}

function facts(known: Fact[]): TemplateResult {
  return html`<dl>${known.map(([term, what]) => (what ? html`<div><dt>${term}</dt><dd>${what}</dd></div>` : nothing))}</dl>`;
}
