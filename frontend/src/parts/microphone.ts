/** Talk to the home through this device: a tap for one turn, or all the time. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { listening } from "../voice/listening";
import { words } from "../words";
import { english } from "./english";
import { meter, phase, trouble } from "./hearing";
import { icon } from "./icons";
import { showSign } from "./listening-sign";

@customElement("hearth-microphone")
export class MicrophoneCard extends Watching {
  /** The room in which this device is. */
  @property() area = "";
  @state() private level = 0;
  private readonly heard = (): void => this.requestUpdate();
  private readonly louder = (): void => void (this.level = listening.level);

  override connectedCallback(): void {
    super.connectedCallback();
    showSign();
    listening.addEventListener("changed", this.heard);
    listening.addEventListener("level", this.louder);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    listening.removeEventListener("changed", this.heard);
    listening.removeEventListener("level", this.louder);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { on, wish } = listening;
    if (changed.has("area") && on && wish.wake && wish.area !== this.area) void listening.start({ ...wish, area: this.area });
  }

  protected override render(): TemplateResult {
    const { title, lead, always, alwaysHint, enough } = words().microphone;
    const { on, phase: now, wish } = listening;
    const once = on && !wish.wake;
    return html`<section class="card talk" aria-labelledby="talk" data-phase=${now} data-played=${listening.played}>
      <h2 id="talk">${title}</h2>
      <p class="hint">${lead}</p>
      ${trouble(listening)}
      <div class="mouth">${this.button()}
        <div><p class="phase" role="status">${phase(listening)}</p>${on ? meter(this.level) : nothing}</div>
      </div>
      ${once && (now === "listening" || now === "hearing") ? html`<button type="button" @click=${this.finish}>${enough}</button>` : nothing}
      ${this.said()}
      <label class="toggle"><span>${always}<small>${alwaysHint(listening.words[0] ?? "")}</small></span>
        <input type="checkbox" class="switch" role="switch" .checked=${on && wish.wake} @change=${this.always}></label>
    </section>`;
  }

  /** One button, so that who has pressed it finds it again under the finger or the focus: to begin, and to cancel. */
  private button(): TemplateResult {
    const ready = !listening.on || (listening.wish.wake && listening.phase === "waiting");
    return html`<button type="button" class=${ready ? "tap strong" : "tap"} aria-keyshortcuts=${ready ? nothing : "Escape"}
      @click=${ready ? this.talk : this.cancel}>${icon("microphone")}<span>${ready ? words().microphone.tap : words().cancel}</span></button>`;
  }

  /** What was heard and came of it. Why nothing came, and an answer that does not sound, are told to who does not see. */
  private said(): TemplateResult {
    const { heard, reply, missed, aloud } = listening;
    const lang = store.home.language;
    const answer = reply ? html`<p class="reply" lang=${lang}>${reply}</p>` : nothing;
    return html`<div class="exchange">
      ${heard ? html`<p class="said"><span class="visually-hidden">${words().microphone.heard}: </span><span lang=${lang}>“${heard}”</span></p>` : nothing}
      <div aria-live="polite">${missed ? this.why(missed) : nothing}${aloud ? nothing : answer}</div>
      ${aloud ? answer : nothing}
    </div>`;
  }

  private why(reason: string): TemplateResult {
    const step = words().microphone.missedSteps[reason];
    return html`<p class="meta bad">${words().voice.not} ${words().reasons[reason] ?? english(reason)}.</p>${step ? html`<p class="hint">${step}</p>` : nothing}`;
  }

  private readonly talk = (): void => {
    if (listening.on) listening.talk();
    else void listening.start({ wake: false, act: true, area: this.area });
  };

  private readonly finish = (): void => {
    this.querySelector<HTMLButtonElement>(".tap")?.focus(); // the button that was pressed goes
    listening.finish();
  };

  private readonly cancel = (): void => (listening.phase === "opening" ? listening.stop() : listening.cancel());

  private readonly always = (event: Event): void => {
    if ((event.target as HTMLInputElement).checked) void listening.start({ wake: true, act: true, area: this.area });
    else listening.stop();
  };
}
