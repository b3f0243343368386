/** An element that draws itself anew when the home changes. It draws into the page itself, where one style sheet reaches it. */
import { LitElement } from "lit";
import { onLanguage } from "../words";
import { session } from "./session";
import { store } from "./store";

export class Watching extends LitElement {
  private readonly redraw = (): void => this.requestUpdate();
  private unsubscribe: (() => void) | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    store.addEventListener("changed", this.redraw);
    session.addEventListener("changed", this.redraw);
    this.unsubscribe = onLanguage(this.redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    store.removeEventListener("changed", this.redraw);
    session.removeEventListener("changed", this.redraw);
    this.unsubscribe?.();
  }
}
