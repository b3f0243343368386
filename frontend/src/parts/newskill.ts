/** Adding a skill from a file: it is looked at, the household sees who made it and what it asks for, and then decides. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post, upload } from "../api/client";
import type { Review, Skill } from "../api/skills";
import { Watching } from "../home/watching";
import { words } from "../words";
import { around, english, type Wording } from "./english";
import { agreedTo, grantBoxes } from "./grants";
import { explain, notify } from "./notice";
import { sentences } from "./sentences";

const MOST_BYTES = 16 * 1024 * 1024;

@customElement("hearth-new-skill")
export class NewSkill extends Watching {
  @state() private review: Review | undefined;
  @state() private ticked: ReadonlySet<string> = new Set();
  @state() private busy = "";
  @state() private trouble: Wording = "";

  protected override render(): TemplateResult {
    const { add, addLead, file } = words().skills;
    return html`<section class="card" aria-labelledby="add">
      <h2 id="add">${add}</h2>
      <p id="add-lead">${addLead}</p>
      <label for="file">${file}</label>
      <input id="file" type="file" accept=".hearthskill" aria-describedby="add-lead" ?disabled=${this.busy !== ""} @change=${this.chosen}>
      <p role="status">${this.busy}</p>
      <p class="bad" role="alert">${this.trouble}</p>
      ${this.review ? this.reviewed(this.review) : nothing}
    </section>`;
  }

  private reviewed(review: Review): TemplateResult {
    const { found, update, known, stranger, signed, asks, nothing: none, say, install, notNow } = words().skills;
    const examples = sentences(review.examples);
    return html`<div class="review" role="group" aria-labelledby="found">
      <h3 id="found" tabindex="-1">${found(review.name, review.version)}</h3>
      ${review.description ? html`<p>${review.description}</p>` : nothing}
      <dl><div><dt>${signed}</dt><dd><code>${review.signer}</code></dd></div></dl>
      ${review.before ? html`<p>${update(review.before)}</p>`
        : review.signer_known ? html`<p>${known}</p>` : html`<p class="warning">${stranger}</p>`}
      ${review.grants.length
        ? html`<h4 id="asks">${asks}</h4>${grantBoxes(review.grants, this.ticked, (grant, on) => this.tick(grant, on))}`
        : html`<p>${none}</p>`}
      ${examples === nothing ? nothing : html`<h4>${say}</h4>${examples}`}
      <div class="buttons">
        <button type="button" class="strong" ?disabled=${this.busy !== ""} @click=${() => this.install(review)}>${install}</button>
        <button type="button" ?disabled=${this.busy !== ""} @click=${this.forget}>${notNow}</button>
      </div>
    </div>`;
  }

  private tick(grant: string, on: boolean): void {
    const ticked = new Set(this.ticked);
    if (on) ticked.add(grant);
    else ticked.delete(grant);
    this.ticked = ticked;
  }

  private async chosen(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    this.review = undefined;
    this.trouble = "";
    if (!file) return;
    if (file.size > MOST_BYTES) {
      this.trouble = words().skills.tooLarge;
      return;
    }
    this.busy = words().skills.looking;
    try {
      this.review = await upload<Review>("/api/v1/skills/review", file);
      // Only what it had before is ticked: anything else is for the household to add.
      this.ticked = new Set(this.review.grants.filter((grant) => grant.agreed).map((grant) => grant.grant));
    } catch (error) {
      this.trouble = explain(error);
    }
    this.busy = "";
    await this.updateComplete;
    this.querySelector<HTMLElement>("#found")?.focus();
  }

  private async install(review: Review): Promise<void> {
    const { installing, installed, notRunning } = words().skills;
    this.busy = installing;
    this.trouble = "";
    try {
      const body = { digest: review.digest, grants: agreedTo(review.grants, this.ticked) };
      const skill = await post<Skill>("/api/v1/skills/install", body, true);
      const runs = skill.condition.state !== "left_out";
      notify(runs ? installed(skill.name) : around((why) => notRunning(skill.name, why), english(skill.condition.reason)), !runs);
      await this.forget();
      this.dispatchEvent(new CustomEvent("installed", { detail: skill }));
    } catch (error) {
      this.trouble = explain(error);
    }
    this.busy = "";
  }

  private async forget(): Promise<void> {
    this.review = undefined;
    this.trouble = "";
    await this.updateComplete;
    const input = this.querySelector<HTMLInputElement>("#file");
    if (!input) return;
    input.value = "";
    input.disabled = false;
    input.focus();
  }
}
