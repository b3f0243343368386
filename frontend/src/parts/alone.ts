/** A hub that works alone: beginning to work with others, which the household has to want. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { Settings } from "../api/wire";
import { Asked } from "../home/asked";
import { restart } from "../home/restart";
import { Watching } from "../home/watching";
import { words } from "../words";
import type { Wording } from "./english";
import { explain } from "./notice";

const EVERY_MS = 60_000;
const EVERYWHERE = "0.0.0.0";

@customElement("hearth-alone")
export class Alone extends Watching {
  private readonly settings = new Asked<Settings>(this, "/api/v1/settings", "admin", () => EVERY_MS);
  @state() private busy = false;
  @state() private trouble: Wording = "";

  protected override render(): TemplateResult {
    const { off, offLead, locked, begin, beginning } = words().hubs;
    const enabled = this.setting("swarm.enabled");
    return html`<section class="card" aria-labelledby="alone">
      <h2 id="alone">${off}</h2>
      <p>${offLead}</p>
      <p role="status">${this.busy ? beginning : nothing}</p>
      <p class="bad" role="alert">${this.trouble || nothing}</p>
      ${enabled?.locked ? html`<p class="hint">${locked}</p>` : nothing}
      ${enabled && !enabled.locked
        ? html`<button type="button" class="strong" ?disabled=${this.busy} @click=${this.begin}>${begin}</button>`
        : nothing}
    </section>`;
  }

  private setting(key: string): Settings["settings"][number] | undefined {
    return this.settings.found?.settings.find((each) => each.key === key);
  }

  private readonly begin = async (): Promise<void> => {
    this.busy = true;
    this.trouble = "";
    const changes: Record<string, unknown> = { "swarm.enabled": true };
    // Where nobody said otherwise: a hub that only its own machine reaches has nobody to work with.
    const host = this.setting("swarm.host");
    if (host && !host.locked && !host.kept) changes["swarm.host"] = EVERYWHERE;
    try {
      await post<Settings>("/api/v1/settings", { changes });
      await restart();
    } catch (error) {
      this.trouble = explain(error);
    }
    this.busy = false;
  };
}
