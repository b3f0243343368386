/** What gestures are for, changed here, and what cameras just made out. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { Gesture, LiveEvent } from "../api/wire";
import { Asked } from "../home/asked";
import { session } from "../home/session";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import "../parts/drawn-hands";
import { drawnHand } from "../parts/hands";
import { explain, notify } from "../parts/notice";
import "../parts/page-camera";
import { LANGUAGES, words } from "../words";
import { moment, number } from "../words/figures";

const EVERY_MS = 30_000;
const MOST_SEEN = 5;
const DOES = ["stop", "yes", "no", "raise", "lower", "select", "nothing"];
const SAY = "say";

interface Seen {
  id: string;
  name: string;
  camera: string;
  at: number;
  confidence: number;
  meant: boolean;
}

@customElement("gestures-screen")
export class GesturesScreen extends Watching {
  private readonly asked = new Asked<{ gestures: Gesture[]; locked: boolean }>(this, "/api/v1/gestures", "member", () => EVERY_MS);
  @state() private seen: Seen[] = [];
  /** What is chosen in the form of a gesture, before it is saved. */
  @state() private chosen: Record<string, string> = {};
  private readonly told = (event: Event): void => this.take((event as CustomEvent<LiveEvent>).detail);

  override connectedCallback(): void {
    super.connectedCallback();
    store.addEventListener("told", this.told);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    store.removeEventListener("told", this.told);
  }

  private take(event: LiveEvent): void {
    if (event.event === "GestureMade") {
      this.seen = this.seen.map((each) => (event.causes.includes(each.id) ? { ...each, meant: true } : each));
    }
    if (event.event !== "GestureSeen") return;
    const camera = String(event["stream"]);
    const fresh = { id: event.id, name: String(event["name"]), camera, at: event.at, confidence: Number(event["confidence"]), meant: false };
    this.seen = [fresh, ...this.seen].slice(0, MOST_SEEN);
  }

  protected override render(): TemplateResult {
    const { title, lead, locked } = words().gestures;
    const { found, trouble } = this.asked;
    return html`
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${trouble ? html`<p class="bad">${trouble}</p>` : nothing}
      <div class="columns"><div><hearth-page-camera></hearth-page-camera><hearth-drawn-hands></hearth-drawn-hands></div>${this.last()}</div>
      ${found?.locked ? html`<p class="card">${locked}</p>` : nothing}
      ${found
        ? html`<ul class="cards">${found.gestures.map((gesture) => this.gesture(gesture, found.locked))}</ul>`
        : trouble ? nothing : html`<p>${words().loading}</p>`}
    `;
  }

  private last(): TemplateResult {
    const { seen, seenLead, none, noCamera } = words().gestures;
    const cameras = store.home.entities.some((entity) => entity.kind === "camera");
    return html`<section class="card" aria-labelledby="seen">
      <h2 id="seen">${seen}</h2>
      ${this.seen.length
        ? html`<ul class="hands">${this.seen.map((each) => this.lastSeen(each))}</ul>`
        : html`<p>${cameras ? none : noCamera}</p>`}
      <p class="hint">${seenLead}</p>
    </section>`;
  }

  private lastSeen(each: Seen): TemplateResult {
    const { names, meant, only, sure, at } = words().gestures;
    const room = store.camera(each.camera)?.name ?? each.camera;
    const percent = `${number(Math.round(each.confidence * 100))} %`;
    return html`<li data-seen=${each.name}><span class="badge">${drawnHand(each.name)}</span>
      <span><strong>${names[each.name] ?? each.name}</strong>
        <span class="hint">${[at(room), sure(percent), moment(each.at), each.meant ? meant : only].join(" · ")}</span></span></li>`;
  }

  private gesture(gesture: Gesture, locked: boolean): TemplateResult {
    const { names, asItComes, yours } = words().gestures;
    const name = names[gesture.name] ?? gesture.name;
    return html`<li class="card gesture" data-gesture=${gesture.name} data-yours=${gesture.yours ? "" : nothing}>
      <header><span class="badge">${drawnHand(gesture.name)}</span>
        <div><h2>${name}</h2><p>${use(gesture)} <span class="hint">${gesture.yours ? yours : asItComes}</span></p></div></header>
      ${session.may("admin") && !locked ? this.form(gesture, name) : nothing}
    </li>`;
  }

  private form(gesture: Gesture, name: string): TemplateResult {
    const { change, what, back, does, say, sentence, sentenceHint, save } = words().gestures;
    const id = `use-${gesture.name}`;
    const now = gesture.say ? SAY : gesture.yours ? gesture.does : "";
    const chosen = this.chosen[gesture.name] ?? now;
    const option = (value: string, text: string): TemplateResult => html`<option value=${value} ?selected=${value === chosen}>${text}</option>`;
    return html`<details>
      <summary aria-label=${`${change}: ${name}`}>${change}</summary>
      <form @submit=${(event: Event) => this.save(event, gesture, name)}>
        <label for=${id}>${what}</label>
        <select id=${id} name="use" @change=${(event: Event) => this.choose(gesture.name, (event.target as HTMLSelectElement).value)}>
          ${option("", back(does[gesture.default] ?? gesture.default))}
          ${DOES.map((each) => option(each, does[each] ?? each))}
          ${option(SAY, say)}
        </select>
        ${chosen === SAY
          ? html`<label for=${`${id}-say`}>${sentence}</label>
              <input id=${`${id}-say`} name="say" required maxlength="200" autocomplete="off" .value=${gesture.say}
                placeholder=${(LANGUAGES[store.home.language] ?? words()).voice.examples[0] ?? ""} aria-describedby=${`${id}-hint`}>
              <p id=${`${id}-hint`} class="hint">${sentenceHint}</p>`
          : nothing}
        <button type="submit" class="strong" aria-label=${`${save}: ${name}`}>${save}</button>
      </form>
    </details>`;
  }

  private choose(name: string, value: string): void {
    this.chosen = { ...this.chosen, [name]: value };
  }

  private async save(event: Event, gesture: Gesture, name: string): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const entered = new FormData(form);
    const chosen = String(entered.get("use") ?? "");
    const say = String(entered.get("say") ?? "").trim();
    const others = (this.asked.found?.gestures ?? []).filter((each) => each.yours && each.name !== gesture.name);
    const rows = others.map((each) => (each.say ? { name: each.name, say: each.say } : { name: each.name, does: each.does }));
    if (chosen) rows.push(chosen === SAY ? { name: gesture.name, say } : { name: gesture.name, does: chosen });
    try {
      await post("/api/v1/settings", { changes: { gesture: rows.length ? rows : null } });
      this.chosen = Object.fromEntries(Object.entries(this.chosen).filter(([each]) => each !== gesture.name));
      await this.asked.again();
      form.closest("details")?.removeAttribute("open");
      form.closest("details")?.querySelector("summary")?.focus();
      const fresh = this.asked.found?.gestures.find((each) => each.name === gesture.name);
      if (fresh) notify(words().gestures.saved(name, use(fresh)));
    } catch (error) {
      notify(explain(error), true);
    }
  }
}

function use(gesture: Gesture): string {
  const { does, says } = words().gestures;
  return gesture.say ? says(gesture.say) : (does[gesture.does] ?? gesture.does);
}
