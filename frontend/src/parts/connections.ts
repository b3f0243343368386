/** Every connection that the hub made, newest first, as many as are asked for. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { get } from "../api/client";
import type { Connection, Connections as Page } from "../api/upkeep";
import { Watching } from "../home/watching";
import { words } from "../words";
import { moment, size } from "../words/figures";
import { english, type Wording } from "./english";
import { explain } from "./notice";

const AT_ONCE = 50;

@customElement("hearth-connections")
export class ConnectionList extends Watching {
  @state() private rows: Connection[] = [];
  @state() private next: string | null = "0";
  @state() private trouble: Wording = "";

  protected override render(): TemplateResult {
    const { look, more } = words().privacy;
    return html`<details @toggle=${this.opened}><summary>${look}</summary>
      <ul class="plain connections">${this.rows.map((row) => this.row(row))}</ul>
      ${this.trouble ? html`<p class="bad">${this.trouble}</p>` : nothing}
      ${this.next && this.rows.length ? html`<button type="button" @click=${this.further}>${more}</button>` : nothing}
    </details>`;
  }

  private row({ at, who, where, bytes_out, bytes_in, why, reach }: Connection): TemplateResult {
    const { reach: reaches, sent } = words().privacy;
    return html`<li>
      <span><strong>${where}</strong> <span class=${`reach ${reach}`}>${reaches[reach] ?? reach}</span></span>
      <span class="hint">${english(`${who}: ${why}`)} · ${sent(size(bytes_out), size(bytes_in))} · ${moment(at)}</span>
    </li>`;
  }

  private opened(event: Event): void {
    if ((event.target as HTMLDetailsElement).open && !this.rows.length) void this.further();
  }

  private async further(): Promise<void> {
    try {
      const page = await get<Page>(`/api/v1/privacy/connections?limit=${AT_ONCE}&before=${this.next ?? "0"}`);
      this.rows = [...this.rows, ...page.connections];
      this.next = page.before;
      this.trouble = "";
    } catch (error) {
      this.trouble = explain(error);
    }
  }
}
