/** What cameras make of hands, drawn and in words while it is shown; and why nothing is to be seen where that is so. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Entity, HandLook } from "../api/wire";
import { session } from "../home/session";
import { store } from "../home/store";
import { WatchedHands } from "../home/watched-hands";
import { Watching } from "../home/watching";
import { words } from "../words";
import { number } from "../words/figures";
import "./allow-hands";
import { icon } from "./icons";
import { HEIGHT, skeleton } from "./skeleton";

/** What changes sooner than this is not told to who listens to the page. */
const SETTLES_MS = 700;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

@customElement("hearth-drawn-hands")
export class DrawnHands extends Watching {
  private readonly watched = new WatchedHands(this);
  /** What is told to who listens: what hands show, not how they move. */
  @state() private said = "";
  private toSay = "";
  private saying = 0;
  /** Who wants no motion sees one drawing until hands show something else. */
  private readonly still = new Map<string, HandLook>();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.saying);
  }

  protected override render(): TemplateResult {
    const { title, lead, asSeen } = words().drawn;
    const drawn = session.may("admin") && this.watched.standing?.allowed && this.watched.standing.cameras.length;
    return html`<section class="card" aria-labelledby="drawn">
      <h2 id="drawn">${title}</h2>
      <p class="hint">${lead}</p>
      ${session.may("admin") ? this.asAdmin() : html`<p>${words().drawn.notYours}</p>`}
      ${drawn ? html`<p class="hint">${asSeen}</p>` : nothing}
      <p role="status" class="visually-hidden">${this.said}</p>
    </section>`;
  }

  private asAdmin(): TemplateResult {
    const { waiting, allow, notAllowed, noCamera } = words().drawn;
    const { standing } = this.watched;
    if (!standing) return html`<p>${waiting}</p>`;
    const { allowed, cameras } = standing;
    return html`<p class="thing"><span class="badge">${icon("gestures")}</span><span class="name">${allow}</span>
        <span class="main"><hearth-allow-hands .allowed=${allowed}></hearth-allow-hands></span></p>
      ${!cameras.length ? html`<p>${noCamera}</p>`
        : !allowed ? html`<p>${notAllowed}</p>`
        : html`<div class="drawings">${cameras.map((camera) => this.camera(camera))}</div>`}`;
  }

  private camera(id: string): TemplateResult {
    const { nobody, closed, drawing } = words().drawn;
    const entity = store.camera(id);
    const look = this.look(id);
    const name = entity?.name ?? id;
    if (!look) this.still.delete(id);
    const shown = look && STILL.matches ? this.held(look) : look;
    return html`<figure data-camera=${id}>
      ${look && shown
        ? html`<svg class="drawn" role="img" aria-label=${drawing(name, inWords(look))} viewBox=${`0 0 ${HEIGHT * shown.aspect} ${HEIGHT}`}
            >${shown.hands.map(({ points }) => skeleton(points, shown.aspect))}</svg>`
        : nothing}
      <figcaption><strong>${name}</strong>
        ${look ? html`<ul class="plain">${look.hands.map((hand) => html`<li>${sides(hand.hand)}: ${shows(hand.gesture)}${surely(hand)}</li>`)}</ul>`
          : html`<p>${isOff(entity) ? closed : nobody}</p>`}</figcaption>
    </figure>`;
  }

  /** What is before a camera now; of one that was just switched off, nothing. */
  private look(id: string): HandLook | undefined {
    return isOff(store.camera(id)) ? undefined : this.watched.looks.get(id);
  }

  private held(look: HandLook): HandLook {
    const before = this.still.get(look.camera);
    if (before && inWords(before) === inWords(look)) return before;
    this.still.set(look.camera, look);
    return look;
  }

  // Told once hands keep showing the same for a moment.
  protected override updated(): void {
    const found = [...this.watched.looks.keys()].map((id) => this.look(id)).filter((look) => look !== undefined);
    const told = found.map((look) => `${store.camera(look.camera)?.name ?? look.camera}: ${inWords(look)}`).join(". ");
    if (told === this.toSay) return;
    this.toSay = told;
    clearTimeout(this.saying);
    this.saying = window.setTimeout(() => (this.said = told), SETTLES_MS);
  }
}

function isOff(entity: Entity | undefined): boolean {
  return entity !== undefined && store.value(entity, "OnOff") === false;
}

function sides(hand: string): string {
  return words().drawn.sides[hand] ?? words().drawn.hand;
}

function shows(gesture: string): string {
  return gesture ? (words().gestures.names[gesture] ?? gesture) : words().drawn.nothing;
}

function surely({ gesture, confidence }: HandLook["hands"][number]): string {
  return gesture ? `, ${words().gestures.sure(`${number(Math.round(confidence * 100))} %`)}` : "";
}

function inWords(look: HandLook): string {
  return look.hands.map((hand) => `${sides(hand.hand)}: ${shows(hand.gesture)}`).join("; ");
}
