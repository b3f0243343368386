/** Where somebody is logged in, and logging out there. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { post } from "../api/client";
import type { OpenSession } from "../api/people";
import { Asked } from "../home/asked";
import { Watching } from "../home/watching";
import { words } from "../words";
import { moment } from "../words/figures";

const EVERY_MS = 30_000;
// What a browser calls itself is long; these words in it are what people call it.
const KNOWN = ["Edg", "Firefox", "Chrome", "Safari"];
const SYSTEMS = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"];

@customElement("hearth-sessions")
export class Sessions extends Watching {
  private readonly asked = new Asked<{ sessions: OpenSession[] }>(this, "/api/v1/sessions", "guest", () => EVERY_MS);

  protected override render(): TemplateResult | typeof nothing {
    const open = this.asked.found?.sessions ?? [];
    if (!open.length) return nothing;
    return html`<h3>${words().people.mine}</h3><ul class="sessions">${open.map((each) => this.session(each))}</ul>`;
  }

  private session(each: OpenSession): TemplateResult {
    const { here, since, end } = words().people;
    const name = called(each.browser);
    const began = since(moment(each.created));
    return html`<li><span>${name}${each.here ? ` (${here})` : nothing} <small>${began}</small></span>
      ${each.here
        ? nothing
        : html`<button type="button" aria-label=${`${end}: ${name}, ${began}`} @click=${() => this.end(each.id)}>${end}</button>`}
    </li>`;
  }

  private async end(id: string): Promise<void> {
    await this.asked.after(() => post("/api/v1/sessions/revoke", { id }));
  }
}

function called(browser: string): string {
  const find = (names: string[]): string => names.find((name) => browser.includes(name)) ?? "";
  return [find(KNOWN).replace("Edg", "Edge"), find(SYSTEMS)].filter(Boolean).join(", ") || browser.slice(0, 40) || "?";
}
