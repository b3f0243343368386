/** How a trait of a thing was: a plot where it is a number or yes and no, and always a table. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { get } from "../api/client";
import type { Change, Entity } from "../api/wire";
import { Watching } from "../home/watching";
import { words } from "../words";
import { moment } from "../words/figures";
import { inWords, traitName } from "../words/values";
import type { Wording } from "./english";
import { explain } from "./notice";

const SPANS: Record<string, number> = { hour: 3600, day: 86_400, week: 604_800 };
const MOST_ROWS = 200;

@customElement("hearth-past")
export class Past extends Watching {
  @property({ attribute: false }) entity!: Entity;
  @state() private trait = "";
  @state() private span = "day";
  @state() private changes: Change[] | null = null;
  @state() private trouble: Wording = "";
  private asked = "";

  private get traits(): string[] {
    return Object.keys(this.entity.traits).filter((trait) => trait !== "Press");
  }

  protected override willUpdate(_changed: PropertyValues): void {
    if (!this.traits.includes(this.trait)) this.trait = this.traits[0] ?? "";
    const wanted = `${this.entity.entity} ${this.trait} ${this.span} ${this.entity.changed[this.trait] ?? ""}`;
    if (wanted === this.asked || !this.trait) return;
    this.asked = wanted;
    void this.ask();
  }

  private async ask(): Promise<void> {
    const since = Date.now() / 1000 - (SPANS[this.span] ?? 0);
    const begin = since.toFixed(3);
    try {
      // How it was when the time shown begins, and the changes since. The plot's library comes only to who looks at one.
      const [before, found] = await Promise.all([
        this.history({ until: begin, limit: "1" }),
        this.history({ since: begin, limit: "5000" }),
        import("./plot"),
      ]);
      this.changes = [...before.map((change) => ({ ...change, at: since })), ...found];
      this.trouble = "";
    } catch (error) {
      this.trouble = explain(error);
    }
  }

  private async history(query: Record<string, string>): Promise<Change[]> {
    const asked = new URLSearchParams({ trait: this.trait, ...query });
    return (await get<{ changes: Change[] }>(`/api/v1/history/${encodeURIComponent(this.entity.entity)}?${asked}`)).changes;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.traits.length) return nothing;
    return html`<section class="card" aria-labelledby="history">
      <h2 id="history">${words().entity.history}</h2>
      <div class="choices">${this.choice(words().entity.which, this.trait, this.traits, (trait) => traitName(trait, this.entity.kind), (trait) => (this.trait = trait))}
        ${this.choice(words().entity.span, this.span, Object.keys(SPANS), (span) => words().entity.spans[span] ?? span, (span) => (this.span = span))}</div>
      ${this.trouble ? html`<p class="bad">${this.trouble}</p>` : this.shown()}
    </section>`;
  }

  private choice(
    name: string, now: string, options: string[], told: (option: string) => string, choose: (option: string) => void,
  ): TemplateResult {
    return html`<label><span>${name}</span>
      <select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
        ${options.map((each) => html`<option value=${each} ?selected=${each === now}>${told(each)}</option>`)}
      </select></label>`;
  }

  private shown(): TemplateResult {
    const changes = this.changes?.filter((change) => change.trait === this.trait);
    if (!changes) return html`<p>${words().loading}</p>`;
    if (!changes.length) return html`<p>${words().entity.noHistory}</p>`;
    const config = this.entity.config[this.trait];
    const newest = changes.slice(-MOST_ROWS).reverse();
    const plotted = changes.some((change) => typeof change.value === "number" || typeof change.value === "boolean");
    return html`
      ${plotted
        ? html`<hearth-plot .changes=${changes} .trait=${this.trait} .config=${config} .seconds=${SPANS[this.span]}
            .name=${`${this.entity.name}, ${traitName(this.trait, this.entity.kind)}`}></hearth-plot>`
        : nothing}
      <details ?open=${!plotted}>
        <summary>${words().entity.table}</summary>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="history"><table>
          <thead><tr><th scope="col">${words().entity.when}</th><th scope="col">${words().entity.value}</th></tr></thead>
          <tbody>${newest.map((change) => html`<tr><td>${moment(change.at)}</td>
            <td>${inWords(this.trait, change.value, config)}</td></tr>`)}</tbody>
        </table></div>
      </details>`;
  }
}
