/** Is this the right microphone, and does the hub hear it? Nothing is done and nothing is kept. It has no heading of its own. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { Listening } from "../voice/listening";
import { words } from "../words";
import { english } from "./english";
import { meter, phase, trouble } from "./hearing";

const QUIET = 0.15;
const QUIET_MS = 6_000;

@customElement("hearth-microphone-test")
export class MicrophoneTest extends Watching {
  private readonly listening = new Listening();
  @state() private loudest = 0;
  private since = 0;
  private readonly heard = (): void => this.requestUpdate();
  private readonly louder = (): void => {
    this.loudest = Math.max(this.loudest, this.listening.level);
    this.requestUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.listening.addEventListener("changed", this.heard);
    this.listening.addEventListener("level", this.louder);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.listening.removeEventListener("changed", this.heard);
    this.listening.removeEventListener("level", this.louder);
    this.listening.stop();
  }

  protected override render(): TemplateResult {
    const { lead, start, stop } = words().microphone.test;
    const { on } = this.listening;
    return html`<p class="hint">${lead}</p>
      ${trouble(this.listening)}
      ${on ? meter(this.listening.level) : nothing}
      <p class="answer" role="status">${on || this.listening.heard ? this.told() : nothing}</p>
      <button type="button" class=${on ? "" : "strong"} @click=${on ? this.done : this.start}>${on ? stop : start}</button>`;
  }

  private told(): TemplateResult | string {
    const { say, woke, said, quiet } = words().microphone.test;
    const { heard, missed, wakes, phase: now, words: known } = this.listening;
    const name = known[0] ?? "";
    if (heard) return html`${said}: <strong data-heard lang=${store.home.language}>“${heard}”</strong>`;
    if (now === "opening") return phase(this.listening);
    if (missed) return html`${words().voice.heard}: ${words().reasons[missed] ?? english(missed)}.`;
    if (wakes) return woke(name);
    return this.loudest < QUIET && performance.now() - this.since > QUIET_MS ? quiet : say(name);
  }

  private readonly start = (): void => {
    this.loudest = 0;
    this.since = performance.now();
    void this.listening.start({ wake: true, act: false, area: "" });
  };

  private readonly done = (): void => this.listening.stop();
}
