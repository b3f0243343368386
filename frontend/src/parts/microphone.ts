/** Talk to the home through this device: a tap for one turn, or all the time. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { listening } from "../voice/listening";
import { words } from "../words";
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
    const { title, lead, always, alwaysHint } = words().microphone;
    const wakes = listening.on && listening.wish.wake;
    return html`<section class="card talk" aria-labelledby="talk" data-phase=${listening.phase} data-played=${listening.played}>
      <h2 id="talk">${title}</h2>
      <p class="hint">${lead}</p>
      ${trouble(listening)}
      <div class="mouth">${this.button()}
        <div><p class="phase" role="status">${phase(listening)}</p>${listening.on ? meter(this.level) : nothing}</div>
      </div>
      ${this.said()}
      <label class="toggle"><span>${always}<small>${alwaysHint(listening.words[0] ?? "")}</small></span>
        <input type="checkbox" class="switch" role="switch" .checked=${wakes} @change=${this.always}></label>
    </section>`;
  }

  private button(): TemplateResult {
    const { tap, enough, stop } = words().microphone;
    const { on, phase: now, wish } = listening;
    const ready = !on || (wish.wake && now === "waiting");
    const name = ready ? tap : !wish.wake && (now === "listening" || now === "hearing") ? enough : stop;
    const press = ready ? this.talk : name === enough ? this.finish : this.stop;
    return html`<button type="button" class=${ready ? "tap strong" : "tap"} @click=${press}>${icon("microphone")}<span>${name}</span></button>`;
  }

  private said(): TemplateResult | typeof nothing {
    const { heard, reply, missed } = listening;
    const lang = store.home.language;
    if (!heard && !reply && !missed) return nothing;
    return html`<div class="exchange">
      ${heard ? html`<p class="said"><span class="visually-hidden">${words().microphone.heard}: </span><span lang=${lang}>“${heard}”</span></p>` : nothing}
      ${missed ? html`<p class="meta bad">${words().voice.not} ${words().reasons[missed] ?? missed}.</p>` : nothing}
      ${reply ? html`<p class="reply" lang=${lang}>${reply}</p>` : nothing}
    </div>`;
  }

  private readonly talk = (): void => {
    if (listening.on) listening.talk();
    else void listening.start({ wake: false, act: true, area: this.area });
  };

  private readonly finish = (): void => listening.finish();

  private readonly stop = (): void => listening.stop();

  private readonly always = (event: Event): void => {
    if ((event.target as HTMLInputElement).checked) void listening.start({ wake: true, act: true, area: this.area });
    else listening.stop();
  };
}
