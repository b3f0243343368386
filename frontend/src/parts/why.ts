/** The story of a thing's newest change, from the first cause on. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ApiError, get } from "../api/client";
import type { Entity, Step, Story, Value } from "../api/wire";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { words } from "../words";
import { moment, number } from "../words/figures";
import { inWords, presence, traitName } from "../words/values";
import { english, type Wording } from "./english";
import { explain } from "./notice";
import { where } from "./where";

// The value says which trait it is of.
const SELF_EVIDENT = new Set(["OnOff", "Lock", "Position", "Contact", "Presence", "Mode", "Media", "Press"]);

@customElement("hearth-why")
export class Why extends Watching {
  @property({ attribute: false }) entity!: Entity;
  @state() private steps: Step[] | null = null;
  @state() private trouble: Wording = "";
  private asked = "";

  protected override willUpdate(_changed: PropertyValues): void {
    // Asked again when the thing, or what it is like, became another.
    const { entity, changed } = this.entity;
    const wanted = `${entity} ${Math.max(0, ...Object.values(changed))}`;
    if (wanted === this.asked) return;
    this.asked = wanted;
    void this.ask(entity);
  }

  private async ask(entity: string): Promise<void> {
    try {
      this.steps = (await get<Story>(`/api/v1/why/${encodeURIComponent(entity)}`)).steps;
      this.trouble = "";
    } catch (error) {
      this.steps = [];
      this.trouble = error instanceof ApiError && error.code === "not_found" ? "" : explain(error);
    }
  }

  protected override render(): TemplateResult {
    const { why, noWhy } = words().entity;
    return html`<section class="card" aria-labelledby="why">
      <h2 id="why">${why}</h2>
      ${this.trouble ? html`<p class="bad">${this.trouble}</p>` : nothing}
      ${this.steps?.length
        ? html`<ol class="story">${this.steps.map((step) => html`<li><time>${moment(step.at)}</time> ${told(step)}${heardAt(step)}</li>`)}</ol>`
        : html`<p>${this.steps === null ? words().loading : this.trouble ? nothing : noWhy}</p>`}
    </section>`;
  }
}

/** A step in the page's language where it has words for it, else as the hub tells it. */
function told(step: Step): Wording {
  const { said, asked, became } = words().steps;
  const text = String(step.data["text"] ?? "");
  if (step.kind === "WakeHeard") return woke(step);
  if (step.kind === "IntentMatched" && step.causes.length) return html`${words().voice.did} <code>${step.data["name"]}</code>`;
  if ((step.kind === "IntentMatched" || step.kind === "SpeechTranscribed") && text) return said(text);
  if (step.kind === "CommandSent") return asked(change(step));
  if (step.kind === "StateChanged") return became(change(step));
  if (step.kind === "PresenceChanged") return seen(step);
  return english(step.text);
}

function woke(step: Step): string {
  return words().voice.woke(String(step.data["word"]).replaceAll("_", " "), number(100 * Number(step.data["score"]), 0));
}

const HEARD = new Set(["WakeHeard", "SpeechTranscribed", "GestureMade"]);

/** Where it was heard or shown, and by what. */
function heardAt(step: Step): TemplateResult | typeof nothing {
  const place = HEARD.has(step.kind) ? where(step.area, step.source) : "";
  return place ? html`<small class="place">${place}</small>` : nothing;
}

function seen(step: Step): string {
  const id = String(step.data["area"]);
  const people = Number(step.data["people"] ?? 0);
  const area = store.area(id);
  return `${area?.name ?? id}: ${presence({ id, name: "", floor: "", presence: people > 0, people })}`;
}

function change(step: Step): string {
  const id = String(step.data["entity"]);
  const trait = String(step.data["trait"]);
  const entity = store.entity(id);
  const value = inWords(trait, step.data["value"] as Value, entity?.config[trait]);
  const name = entity?.name ?? store.area(id.replace(/^area\./, ""))?.name ?? id;
  return SELF_EVIDENT.has(trait) ? `${name}: ${value}` : `${name}: ${traitName(trait, entity?.kind ?? "")} ${value}`;
}
