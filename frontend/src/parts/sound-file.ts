/** A sound file to try: heard and answered as if somebody had said it, faster than it would take to play. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { upload } from "../api/client";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import type { Told } from "../voice/wire";
import { words } from "../words";
import { number } from "../words/figures";
import { english, type Wording } from "./english";
import { explain } from "./notice";

const MOST_BYTES = 16 * 1024 * 1024;

interface Heard {
  audio_s: number;
  wall_s: number;
  told: Told[];
}

@customElement("hearth-sound-file")
export class SoundFile extends Watching {
  @property() area = "";
  @state() private heard: Heard | undefined;
  @state() private trouble: Wording = "";
  @state() private busy = false;
  private wake = true;

  protected override render(): TemplateResult {
    const { lead, label, wake, hear, nothing: none, took } = words().microphone.file;
    const { heard } = this;
    const said = heard?.told.map(line).filter((each) => each !== nothing) ?? [];
    return html`<form @submit=${this.submit}>
      <p class="hint">${lead}</p>
      <label for="sound-file">${label}</label>
      <input id="sound-file" type="file" required accept="audio/*,.wav,.flac,.mp3,.ogg">
      <label class="check"><input type="checkbox" .checked=${this.wake} @change=${(event: Event) => (this.wake = (event.target as HTMLInputElement).checked)}> ${wake}</label>
      <button type="submit" ?disabled=${this.busy}>${hear}</button>
      <div role="status">
        ${this.busy ? words().loading : this.trouble ? html`<p class="bad">${this.trouble}</p>` : nothing}
        ${heard ? html`<ul class="told">${said.length ? said : html`<li>${none}</li>`}</ul>
          <p class="hint">${took(number(heard.audio_s), number(heard.wall_s))}</p>` : nothing}
      </div>
    </form>`;
  }

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const file = this.querySelector<HTMLInputElement>("[type=file]")?.files?.[0];
    if (!file || this.busy) return;
    Object.assign(this, { heard: undefined, trouble: "" });
    if (file.size > MOST_BYTES) {
      this.trouble = words().microphone.file.large;
      return;
    }
    this.busy = true;
    try {
      const query = new URLSearchParams({ area: this.area, wake: String(this.wake) });
      this.heard = await upload<Heard>(`/api/v1/hear?${query}`, file);
    } catch (error) {
      this.trouble = explain(error);
    } finally {
      this.busy = false;
    }
  };
}

function line(told: Told): TemplateResult | typeof nothing {
  const { woke, not } = words().voice;
  const lang = store.home.language;
  if (told.type === "wake") return html`<li class="meta">${woke(told.word.replaceAll("_", " "), number(100 * told.score, 0))}</li>`;
  if (told.type === "transcript") return html`<li class="said" lang=${lang}>“${told.text}”</li>`;
  if (told.type === "not_understood") return html`<li class="meta bad">${not} ${words().reasons[told.reason] ?? english(told.reason)}.</li>`;
  if (told.type === "reply") return html`<li class="reply" lang=${lang}>${told.text}</li>`;
  if (told.type === "error") return html`<li class="bad">${words().errors[told.code] ?? english(told.message)}</li>`;
  return nothing;
}
