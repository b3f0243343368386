/** The household's word on drawn hands, for who may give it. Fires "turned" when it was given. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { post } from "../api/client";
import type { Setting, Settings } from "../api/wire";
import { Asked } from "../home/asked";
import { Watching } from "../home/watching";
import { words } from "../words";
import { explain, notify } from "./notice";

const KEY = "seeing.landmarks";
const EVERY_MS = 30_000;

@customElement("hearth-allow-hands")
export class AllowHands extends Watching {
  @property({ type: Boolean }) allowed = false;
  private readonly asked = new Asked<Settings>(this, "/api/v1/settings", "admin", () => EVERY_MS);

  private get setting(): Setting | undefined {
    return this.asked.found?.settings.find(({ key }) => key === KEY);
  }

  protected override render(): TemplateResult {
    const { allow } = words().drawn;
    const { setting } = this;
    return html`<input type="checkbox" role="switch" class="switch" aria-label=${allow} ?disabled=${setting?.locked ?? true}
      .checked=${live(this.allowed)} @change=${this.turn}>${setting?.locked ? html`<small>${words().settings.locked}</small>` : nothing}`;
  }

  private async turn(event: Event): Promise<void> {
    const { checked } = event.target as HTMLInputElement;
    // Shown at once, and taken back when it did not happen.
    this.allowed = checked;
    try {
      await post<Settings>("/api/v1/settings", { changes: { [KEY]: checked === this.setting?.default ? null : checked } });
    } catch (error) {
      this.allowed = !checked;
      notify(explain(error), true);
    }
    this.dispatchEvent(new Event("turned"));
  }
}
