/** What the hub learns from use: what is kept, what the last round brought, learning now and forgetting. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { Kind, Round } from "../api/hubs";
import { Asked } from "../home/asked";
import { session } from "../home/session";
import { Watching } from "../home/watching";
import { english } from "../parts/english";
import { explain, notify } from "../parts/notice";
import { sure } from "../parts/question";
import { words } from "../words";
import { day, number, size } from "../words/figures";

const EVERY_MS = 10_000;

@customElement("learning-screen")
export class LearningScreen extends Watching {
  private readonly learning = new Asked<{ kinds: Kind[] }>(this, "/api/v1/learning", "member", () => EVERY_MS);
  @state() private busy = "";

  protected override render(): TemplateResult {
    const { title, lead, forgetAll } = words().learning;
    const { found, trouble } = this.learning;
    return html`
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${trouble ? html`<p class="bad">${trouble}</p>` : nothing}
      ${found
        ? html`<ul class="cards">${found.kinds.map((kind) => this.kind(kind))}</ul>
            ${session.may("admin") && found.kinds.some((kind) => kind.examples) ? html`<p><button type="button" @click=${() => this.forget("")}>${forgetAll}</button></p>` : nothing}`
        : trouble ? nothing : html`<p>${words().loading}</p>`}
    `;
  }

  private kind(kind: Kind): TemplateResult {
    const { none, kept, since, enough, few, learn, learning, forget } = words().learning;
    const name = nameOf(kind.kind);
    const busy = this.busy === kind.kind;
    return html`<li class="card">
      <h2>${name}</h2>
      <p>${kind.examples ? kept(kind.examples, size(kind.bytes)) : none}
        ${kind.oldest ? html`<span class="hint">${since(day(kind.oldest))}</span>` : nothing}</p>
      <p class="hint">${kind.enough ? enough : few}</p>
      ${kind.last ? round(kind.last) : nothing}
      ${kind.rounds.length > 1 ? rounds(kind.rounds) : nothing}
      ${session.may("admin") ? html`<div class="buttons">
        <button type="button" class="strong" aria-label=${`${learn}: ${name}`} ?disabled=${!kind.enough || this.busy !== ""}
          @click=${() => this.learn(kind.kind)}>${busy ? learning : learn}</button>
        <button type="button" aria-label=${`${forget}: ${name}`} ?disabled=${!kind.examples} @click=${() => this.forget(kind.kind)}>${forget}</button>
      </div>` : nothing}
    </li>`;
  }

  private async learn(kind: string): Promise<void> {
    this.busy = kind;
    try {
      const done = await post<Round>("/api/v1/learning/round", { kind }, true);
      notify(outcome(done));
    } catch (error) {
      notify(explain(error), true);
    }
    this.busy = "";
    void this.learning.again();
  }

  private async forget(kind: string): Promise<void> {
    const { forgetSure, forgetAllSure, forgotten } = words().learning;
    if (!(await sure(kind ? forgetSure(nameOf(kind)) : forgetAllSure))) return;
    try {
      const gone = await post<{ forgotten: number }>("/api/v1/learning/forget", { kind });
      notify(forgotten(gone.forgotten));
    } catch (error) {
      notify(explain(error), true);
    }
    void this.learning.again();
  }
}

function nameOf(kind: string): string {
  return words().learning.kinds[kind] ?? kind;
}

function outcome(done: Round): string {
  return words().learning.outcomes[done.outcome] ?? done.outcome;
}

/** What a round brought, as bars of what was right of the examples that were held back. */
function round(done: Round): TemplateResult {
  const { round: title, before, after, right, members, out, sent } = words().learning;
  const bar = (name: string, value: number): TemplateResult => html`<div class="bar">
    <dt>${name}</dt>
    <dd><meter min="0" max=${done.held} value=${value} aria-label=${name}></meter><span>${right(value, done.held)}</span></dd>
  </div>`;
  return html`<h3>${title(done.round)}</h3>
    <p>${outcome(done)}${done.reason ? html` <span class="hint">${english(done.reason)}</span>` : nothing}</p>
    ${done.held ? html`<dl>${bar(before, done.right_before)}${bar(after, done.right)}</dl>` : nothing}
    <ul class="plain hint">
      ${done.members.length ? html`<li>${members(done.members.length)}</li>` : nothing}
      ${done.out.length ? html`<li>${out(done.out.length)}</li>` : nothing}
      ${done.bytes_sent ? html`<li>${sent(size(done.bytes_sent))}</li>` : nothing}
    </ul>`;
}

/** All rounds that are kept, the newest first: when, what came of it, what was right before and after. */
function rounds(all: Round[]): TemplateResult {
  const { rounds: title, round: nth, change } = words().learning;
  const share = (right: number, held: number): string => number((100 * right) / held, 0);
  return html`<details><summary>${title(all.length)}</summary>
    <ul class="plain rounds">${[...all].reverse().map((done) => html`<li>
      <strong>${done.at ? day(done.at) : nth(done.round)}</strong>
      ${done.held ? change(share(done.right_before, done.held), share(done.right, done.held)) : nothing}
      <span class="hint">${outcome(done)}</span></li>`)}</ul></details>`;
}
