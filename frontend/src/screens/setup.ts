/** Setting a home up, step by step: the owner, the language, the rooms, ears and eyes, what is private, the end. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { firstSteps, STEPS, type Step } from "../home/first-steps";
import { session } from "../home/session";
import { Watching } from "../home/watching";
import { goTo } from "../router";
import "../setup/home";
import "../setup/language";
import "../setup/owner";
import "../setup/privacy";
import "../setup/ready";
import "../setup/senses";
import { words } from "../words";

const DRAWN: Record<Step, TemplateResult> = {
  owner: html`<setup-owner></setup-owner>`,
  language: html`<setup-language></setup-language>`,
  home: html`<setup-home></setup-home>`,
  senses: html`<setup-senses></setup-senses>`,
  privacy: html`<setup-privacy></setup-privacy>`,
  ready: html`<setup-ready></setup-ready>`,
};

@customElement("setup-screen")
export class SetupScreen extends Watching {
  /** The step of the address; empty: the one that the household is at. */
  @property() wanted = "";

  private get step(): Step {
    const { me } = session;
    if (!me) return "owner";
    const asked = STEPS.find((each) => each === this.wanted) ?? firstSteps.step ?? "owner";
    // Who is in already goes on behind the door.
    return asked === "owner" && me.owned ? "language" : asked;
  }

  /** The home first: this screen may stand at its address. */
  private readonly look = (event: Event): void => {
    event.preventDefault();
    firstSteps.later = true;
    goTo("#/home");
  };

  protected override render(): TemplateResult {
    const { step } = this;
    const { stepOf, stepNames, later } = words().setup;
    const number = STEPS.indexOf(step) + 1;
    const told = stepOf(number, STEPS.length, stepNames[step] ?? "");
    return html`<div class="door setup">
      <header>
        <p role="status">${told}</p>
        <progress max=${STEPS.length} value=${number} aria-label=${told}></progress>
      </header>
      ${DRAWN[step]}
      ${session.me && !(step === "owner" && firstSteps.step) && step !== "ready" ? html`<p class="hint"><a href="#/home" @click=${this.look}>${later}</a></p>` : nothing}
    </div>`;
  }
}
