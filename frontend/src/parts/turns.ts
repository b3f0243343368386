/** What was said to the home of late: where, what was understood and done, how long it took, and why not. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { Turns, type Deed, type Turn } from "../voice/turns";
import { words } from "../words";
import { moment, number } from "../words/figures";
import { inWords } from "../words/values";
import { english } from "./english";
import { where } from "./where";

const STAGES = ["wake", "vad", "speech", "silence", "intent", "act"];

@customElement("hearth-turns")
export class TurnList extends Watching {
  private readonly turns = new Turns(this);

  protected override render(): TemplateResult {
    const { recent, nothing: none, kept, older } = words().voice;
    const { found, trouble, more } = this.turns;
    return html`<section class="card" aria-labelledby="recent">
      <h2 id="recent">${recent}</h2>
      ${trouble ? html`<p class="bad">${trouble}</p>` : nothing}
      ${found?.length
        ? html`<ol class="turns">${repeat(found, (turn) => turn.id, shown)}</ol>`
        : html`<p>${found ? none : words().loading}</p>`}
      ${more ? html`<button type="button" @click=${() => this.turns.older()}>${older}</button>` : nothing}
      <p class="hint">${kept}</p>
    </section>`;
  }
}

function shown(turn: Turn): TemplateResult {
  const { answer, not } = words().voice;
  const lang = store.home.language;
  return html`<li>
    <p class="meta"><time>${moment(turn.at)}</time> · ${place(turn)}</p>
    <p class="said" lang=${turn.text ? lang : nothing}>${turn.text ? `“${turn.text}”` : unsaid(turn)}</p>
    ${heard(turn)}${meant(turn)}
    ${turn.deeds.length ? html`<ul class="deeds">${turn.deeds.map(deed)}</ul>` : nothing}
    ${turn.reason ? html`<p class="meta bad">${not} ${words().reasons[turn.reason] ?? english(turn.reason)}.</p>` : nothing}
    ${turn.reply ? html`<p class="reply" lang=${lang}><span class="visually-hidden">${answer}: </span>${turn.reply}</p>` : nothing}
    ${stages(turn)}
  </li>`;
}

function place(turn: Turn): string {
  return turn.how === "voice" ? where(turn.area, turn.source) : [where(turn.area, ""), words().voice.hows[turn.how]].filter(Boolean).join(" · ");
}

function unsaid(turn: Turn): string {
  return turn.how === "gesture" ? words().voice.shown : words().voice.heard;
}

function heard(turn: Turn): TemplateResult | typeof nothing {
  const { sure, woke } = words().voice;
  const facts = [
    turn.wake ? woke(turn.wake.replaceAll("_", " "), number(100 * (turn.score ?? 0), 0)) : "",
    turn.how === "voice" && turn.confidence !== null ? sure(number(100 * turn.confidence, 0)) : "",
  ].filter(Boolean);
  return facts.length ? html`<p class="meta">${facts.join(" · ")}</p>` : nothing;
}

function meant(turn: Turn): TemplateResult | typeof nothing {
  if (!turn.intents.length) return nothing;
  const names = turn.target.map((id) => store.entity(id)?.name ?? id).join(", ");
  const intents = turn.intents.map((intent, index) => html`${index ? ", " : ""}<code>${intent}</code>`);
  return html`<p class="meta">${words().voice.did} ${intents}${names ? html` · ${names}` : nothing}</p>`;
}

function deed({ entity, trait, value, code, reason }: Deed): TemplateResult {
  const known = store.entity(entity);
  const name = known?.name ?? entity;
  const told = trait === "Press" ? words().actions.start : inWords(trait, value, known?.config[trait]);
  const why = code ? (words().reasons[code] ?? english(reason)) : "";
  return html`<li class=${code ? "meta bad" : "meta"}><a href=${`#/entity/${entity}`}>${name}</a>: ${told}${why ? html` – ${why}` : " ✓"}</li>`;
}

function stages(turn: Turn): TemplateResult | typeof nothing {
  const { took, stages: names, waited } = words().voice;
  const known = STAGES.filter((stage) => stage in turn.stages_ms);
  if (!known.length) return nothing;
  const work = known.filter((stage) => stage !== "silence").reduce((sum, stage) => sum + turn.stages_ms[stage]!, 0);
  const row = (stage: string): TemplateResult => html`<div><dt>${names[stage] ?? stage}</dt><dd>${number(turn.stages_ms[stage]!, 1)} ms</dd></div>`;
  return html`<details class="stages"><summary>${took(number(work, 0))}</summary>
    <dl>${known.map(row)}</dl>${"silence" in turn.stages_ms ? html`<p class="hint">${waited}</p>` : nothing}</details>`;
}
