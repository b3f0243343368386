/** What the home hears, sees, keeps and sends; what is the household's to take along or delete; and how to check it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { Keeping, Privacy } from "../api/upkeep";
import { Asked } from "../home/asked";
import { session } from "../home/session";
import { Told } from "../home/told";
import { Watching } from "../home/watching";
import "../parts/connections";
import "../parts/doubt";
import "../parts/purge";
import { senses } from "../parts/senses";
import { words } from "../words";
import { day, number, size } from "../words/figures";

const EVERY_MS = 15_000;

@customElement("privacy-screen")
export class PrivacyScreen extends Watching {
  private readonly asked = new Asked<Privacy>(this, "/api/v1/privacy", "member", () => EVERY_MS);

  constructor() {
    super();
    new Told(this, (event) => {
      // Somebody else switched a microphone.
      if (event.event === "StateChanged" && String(event["entity"]).startsWith("microphone.")) void this.asked.again();
    });
  }

  protected override render(): TemplateResult {
    const { title, lead } = words().privacy;
    const { found, trouble } = this.asked;
    return html`<h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${trouble ? html`<p class="bad">${trouble}</p>` : nothing}
      ${found
        ? html`<div class="columns">
            <div>${senses(found, () => void this.asked.again())}${this.connections(found)}<hearth-doubt></hearth-doubt></div>
            <div>${this.kept(found)}${session.may("owner") ? this.yours() : nothing}</div>
          </div>`
        : html`<p class="hint">${words().loading}</p>`}`;
  }

  private connections({ connections, beyond }: Privacy): TemplateResult {
    const { connections: title, inside, noConnections, beyond: told } = words().privacy;
    const verdict = !connections ? noConnections : beyond ? told(beyond) : inside;
    return html`<section class="card" aria-labelledby="connections">
      <h2 id="connections">${title}</h2>
      <p class=${beyond ? "status" : "status ok"}>${verdict}</p>
      ${session.may("admin") && connections ? html`<hearth-connections></hearth-connections>` : nothing}
    </section>`;
  }

  private kept({ keeping, bytes, learning }: Privacy): TemplateResult {
    const { kept, keptLead, kind, amount, howLong, learning: learns, learns: on, learnsNot: off } = words().privacy;
    return html`<section class="card" aria-labelledby="kept">
      <h2 id="kept">${kept}</h2>
      ${bytes === null ? nothing : html`<p class="hint">${keptLead(size(bytes))}</p>`}
      <table class="kept">
        <thead><tr><th scope="col">${kind}</th><th scope="col">${amount}</th><th scope="col">${howLong}</th></tr></thead>
        <tbody>${keeping.filter(({ rows }) => rows).map((each) => this.row(each))}</tbody>
      </table>
      <p class="hint">${learns}: <a href="#/learning">${learning ? on : off}</a></p>
    </section>`;
  }

  private row({ kind, rows, bytes, oldest, days, until }: Keeping): TemplateResult {
    const { kinds, days: inDays, until: untilWhen, since } = words().privacy;
    return html`<tr>
      <th scope="row">${kinds[kind] ?? kind}${oldest ? html`<small>${since} ${day(oldest)}</small>` : nothing}</th>
      <td>${number(rows)}${bytes ? html`<small>${size(bytes)}</small>` : nothing}</td>
      <td>${days === null ? untilWhen[until] : inDays(days)}</td>
    </tr>`;
  }

  private yours(): TemplateResult {
    const { yours, export: title, exportLead, exportNow } = words().privacy;
    return html`<section class="card" aria-labelledby="yours">
      <h2 id="yours">${yours}</h2>
      <h3>${title}</h3>
      <p class="hint">${exportLead}</p>
      <p><a class="button" href="/api/v1/privacy/export" download>${exportNow}</a></p>
      <hearth-purge @gone=${() => void this.asked.again()}></hearth-purge>
    </section>`;
  }
}
