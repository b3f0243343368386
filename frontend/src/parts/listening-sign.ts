/** Says on every other screen that the page listens all the time, and ends it. On every screen Escape cancels a turn. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { Watching } from "../home/watching";
import { listening } from "../voice/listening";
import { words } from "../words";
import { phase } from "./hearing";
import { icon } from "./icons";

@customElement("hearth-listening")
export class ListeningSign extends Watching {
  private readonly again = (): void => this.requestUpdate();
  private readonly pressed = ({ key }: KeyboardEvent): void => {
    // What is open in front of the page is closed by it first.
    if (key === "Escape" && listening.on && !document.querySelector("dialog[open]")) listening.cancel();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    listening.addEventListener("changed", this.again);
    window.addEventListener("hashchange", this.again);
    window.addEventListener("keydown", this.pressed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    listening.removeEventListener("changed", this.again);
    window.removeEventListener("hashchange", this.again);
    window.removeEventListener("keydown", this.pressed);
  }

  protected override render(): TemplateResult | typeof nothing {
    // The screen to talk on has its own.
    if (!listening.on || location.hash.startsWith("#/voice")) return nothing;
    return html`<aside aria-label=${words().microphone.title}>
      <a href="#/voice">${icon("microphone")}<span role="status">${listening.reply && listening.phase === "speaking" ? listening.reply : phase(listening)}</span></a>
      <button type="button" @click=${() => listening.stop()}>${words().microphone.stop}</button>
    </aside>`;
  }
}

/** Beside the screens, whichever is shown. */
export function showSign(): void {
  if (!document.querySelector("hearth-listening")) document.body.append(document.createElement("hearth-listening"));
}
