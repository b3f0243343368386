/** Talk to the home, by voice or in written words, and see what was said of late and what came of it. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { Said } from "../api/wire";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import type { Wording } from "../parts/english";
import "../parts/microphone";
import "../parts/microphone-test";
import { explain } from "../parts/notice";
import "../parts/sound-file";
import "../parts/turns";
import { listening } from "../voice/listening";
import { language, LANGUAGES, words } from "../words";

@customElement("voice-screen")
export class VoiceScreen extends Watching {
  @state() private area = listening.wish.area;
  @state() private answer: Wording = "";
  @state() private missed = false;
  @state() private busy = false;

  protected override render(): TemplateResult {
    const { title, label, hint, where, say } = words().voice;
    return html`
      <h1>${title}</h1>
      <p class="where"><label for="where">${where}</label> ${this.rooms()}</p>
      <div class="columns"><div>
        <hearth-microphone .area=${this.area}></hearth-microphone>
        <form class="card" autocomplete="off" @submit=${this.submit}>
          <label for="sentence">${label}</label>
          <div class="line">
            <input id="sentence" name="sentence" maxlength="500" required lang=${store.home.language} aria-describedby="hint"
              enterkeyhint="send">
            <button type="submit" class="strong" ?disabled=${this.busy}>${say}</button>
          </div>
          <p id="hint" class="hint">${hint}</p>
          <p class=${this.missed ? "answer bad" : "answer"} role="status" lang=${store.home.language}>${this.answer}</p>
          ${this.examples()}
        </form>
        <details class="card"><summary>${words().microphone.test.title}</summary><hearth-microphone-test></hearth-microphone-test></details>
        <details class="card"><summary>${words().microphone.file.title}</summary><hearth-sound-file .area=${this.area}></hearth-sound-file></details>
      </div>
        <hearth-turns></hearth-turns>
      </div>`;
  }

  private rooms(): TemplateResult {
    return html`<select id="where" @change=${(event: Event) => (this.area = (event.target as HTMLSelectElement).value)}>
      <option value="">${words().voice.anywhere}</option>
      ${store.home.areas.map((area) => html`<option value=${area.id} ?selected=${area.id === this.area}>${area.name}</option>`)}
    </select>`;
  }

  // In the language that the hub understands, whatever the page's is.
  private examples(): TemplateResult {
    const { examples } = (LANGUAGES[store.home.language] ?? words()).voice;
    return html`<h2 class="quiet" id="examples">${words().voice.try}</h2>
      <ul class="chips" aria-labelledby="examples" lang=${store.home.language}>
        ${examples.map((each) => html`<li><button type="button" class="chip" @click=${() => this.say(each)}>${each}</button></li>`)}
      </ul>`;
  }

  private submit(event: Event): void {
    event.preventDefault();
    const sentence = this.querySelector<HTMLInputElement>("#sentence");
    if (sentence?.value.trim()) void this.say(sentence.value.trim()).then(() => sentence.select());
  }

  private async say(text: string): Promise<void> {
    this.busy = true;
    try {
      const said = await post<Said>("/api/v1/say", { text, area: this.area });
      this.answer = said.reply;
      this.missed = !said.understood;
    } catch (error) {
      this.answer = html`<span lang=${language()}>${explain(error)}</span>`;
      this.missed = true;
    } finally {
      this.busy = false;
    }
  }
}
