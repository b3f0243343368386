/** Says on every screen that the hub sees through this browser's camera, and ends it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { Watching } from "../home/watching";
import { showing } from "../seeing/showing";
import { words } from "../words";
import { icon } from "./icons";

@customElement("hearth-showing")
export class ShowingSign extends Watching {
  private readonly again = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    showing.addEventListener("changed", this.again);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    showing.removeEventListener("changed", this.again);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { sign, stop, phases } = words().pageCamera;
    if (!showing.on) return nothing;
    return html`<aside aria-label=${sign} data-phase=${showing.phase}>
      <a href="#/gestures">${icon("camera")}<span role="status">${phases[showing.phase]}</span></a>
      <button type="button" @click=${() => showing.stop()}>${stop}</button>
    </aside>`;
  }
}

/** Beside the screens, whichever is shown. */
export function showSign(): void {
  if (!document.querySelector("hearth-showing")) document.body.append(document.createElement("hearth-showing"));
}
