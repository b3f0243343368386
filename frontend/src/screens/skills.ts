/** What the home understands: each skill, what to say to it, what it may do, how it is; and adding another. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { post } from "../api/client";
import type { Skill } from "../api/skills";
import { Asked } from "../home/asked";
import { session } from "../home/session";
import { Watching } from "../home/watching";
import { settingsForm } from "../parts/choices";
import { around, english, type Wording } from "../parts/english";
import { agreedTo, grantBoxes, grantList } from "../parts/grants";
import "../parts/newskill";
import { notify } from "../parts/notice";
import { sure } from "../parts/question";
import { sentences } from "../parts/sentences";
import { words } from "../words";
import { number, size } from "../words/figures";

const SOON_MS = 2000;
const LATER_MS = 10_000;
const RESTLESS = ["starting", "restarting"];

@customElement("skills-screen")
export class SkillsScreen extends Watching {
  private readonly asked = new Asked<{ skills: Skill[] }>(this, "/api/v1/skills", "member", (found) =>
    found?.skills.some((skill) => RESTLESS.includes(skill.condition.state)) ? SOON_MS : LATER_MS,
  );
  /** What is ticked in the form of a skill, before it is saved. */
  @state() private ticked: Record<string, ReadonlySet<string>> = {};

  protected override render(): TemplateResult {
    const { title, lead, added, bundled } = words().skills;
    const { found, trouble } = this.asked;
    const own = found?.skills.filter((skill) => skill.source !== "hub") ?? [];
    const hub = found?.skills.filter((skill) => skill.source === "hub") ?? [];
    return html`
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${trouble ? html`<p class="bad">${trouble}</p>` : nothing}
      ${own.length ? html`<h2 class="part">${added}</h2>${this.list(own)}` : nothing}
      ${session.may("admin") ? html`<hearth-new-skill @installed=${() => void this.asked.again()}></hearth-new-skill>` : nothing}
      ${hub.length ? html`<h2 class="part">${bundled}</h2>${this.list(hub)}` : nothing}
      ${found || trouble ? nothing : html`<p>${words().loading}</p>`}
    `;
  }

  private list(skills: Skill[]): TemplateResult {
    return html`<ul class="cards">${skills.map((skill) => this.skill(skill))}</ul>`;
  }

  private skill(skill: Skill): TemplateResult {
    return html`<li class="card skill" data-skill=${skill.skill}>
      <header><div><h3>${its(skill, skill.name)}</h3>${stateOf(skill)}</div>
        ${session.may("admin") && !skill.fixed ? this.toggle(skill) : nothing}</header>
      ${skill.description ? html`<p class="hint">${its(skill, skill.description)}</p>` : nothing}
      ${skill.source === "hub" ? this.ofTheHub(skill) : this.ofOthers(skill)}
      ${skill.settings.length && session.may("admin") ? this.settings(skill) : nothing}
      ${skill.source === "hub" ? nothing : this.origin(skill)}
    </li>`;
  }

  private ofTheHub(skill: Skill): TemplateResult {
    const { may, more, moreOf } = words().skills;
    return html`<details><summary aria-label=${moreOf(skill.name)}>${more}</summary>
      ${sentences(skill.examples)}<h4>${may}</h4>${grantList(skill.grants, true)}</details>`;
  }

  private ofOthers(skill: Skill): TemplateResult {
    const { say, sayOf, may } = words().skills;
    const examples = sentences(skill.examples);
    return html`${examples === nothing
        ? nothing
        : html`<details><summary aria-label=${sayOf(skill.name)}>${say}</summary>${examples}</details>`}
      ${skill.condition.state === "left_out" && !skill.grants.length ? nothing : html`<h4>${may}</h4>${this.grants(skill)}`}`;
  }

  private settings(skill: Skill): TemplateResult {
    const { settings, settingsOf } = words().skills;
    const save = async (values: Record<string, boolean | number | string>): Promise<void> => {
      if (!(await this.asked.after(() => post<Skill>("/api/v1/skills/configure", { skill: skill.skill, values }, true), true))) return;
      notify(words().skills.configured(skill.name));
    };
    return html`<details><summary aria-label=${settingsOf(skill.name)}>${settings}</summary>
      ${settingsForm(skill, (values) => void save(values))}</details>`;
  }

  private toggle(skill: Skill): TemplateResult {
    const change = (event: Event): void => {
      const on = (event.target as HTMLInputElement).checked;
      void this.asked.after(() => post("/api/v1/skills/switch", { skill: skill.skill, on }, true));
    };
    return html`<input type="checkbox" role="switch" class="switch" aria-label=${skill.name} .checked=${live(skill.on)} @change=${change}>`;
  }

  private grants(skill: Skill): TemplateResult {
    const { save } = words().skills;
    if (skill.source !== "installed" || !session.may("admin") || !skill.grants.some((grant) => grant.optional)) {
      return grantList(skill.grants);
    }
    const now = new Set(skill.grants.filter((grant) => grant.agreed).map((grant) => grant.grant));
    const ticked = this.ticked[skill.skill] ?? now;
    const tick = (grant: string, on: boolean): void => {
      const others = [...ticked].filter((each) => each !== grant);
      this.ticked = { ...this.ticked, [skill.skill]: new Set(on ? [...others, grant] : others) };
    };
    return html`${grantBoxes(skill.grants, ticked, tick)}
      <button type="button" aria-label=${`${save}: ${skill.name}`} @click=${() => this.grant(skill, ticked)}>${save}</button>`;
  }

  private origin(skill: Skill): TemplateResult {
    const { version, signed, own, remove, changed } = words().skills;
    return html`${skill.changed ? html`<p class="bad">${changed}</p>` : nothing}
      <dl>${skill.signer ? html`<div><dt>${signed}</dt><dd><code>${skill.signer}</code></dd></div>` : nothing}</dl>
      <p class="hint">${[skill.version ? version(skill.version) : "", skill.source === "folder" ? own : ""].filter(Boolean).join(" · ")}</p>
      ${skill.source === "installed" && session.may("admin")
        ? html`<button type="button" aria-label=${`${remove}: ${skill.name}`} @click=${() => this.takeOut(skill)}>${remove}</button>`
        : nothing}`;
  }

  private async grant(skill: Skill, ticked: ReadonlySet<string>): Promise<void> {
    const body = { skill: skill.skill, grants: agreedTo(skill.grants, ticked) };
    if (!(await this.asked.after(() => post<Skill>("/api/v1/skills/grant", body, true), true))) return;
    this.ticked = Object.fromEntries(Object.entries(this.ticked).filter(([name]) => name !== skill.skill));
    notify(words().skills.saved(skill.name));
  }

  private async takeOut(skill: Skill): Promise<void> {
    const { removeSure, removed } = words().skills;
    if (!(await sure(removeSure(skill.name)))) return;
    if (!(await this.asked.after(() => post("/api/v1/skills/remove", { skill: skill.skill }, true), true))) return;
    notify(removed(skill.name));
    document.querySelector<HTMLElement>("#file")?.focus(); // its own button is gone
  }
}

/** What the hub's own skills say of themselves is English; what others say is in their authors' language. */
function its(skill: Skill, text: string): Wording {
  return skill.source === "hub" ? english(text) : text;
}

/** How it is, in words: nothing but a colour would not reach everybody. */
function stateOf(skill: Skill): TemplateResult {
  const { states, slow, fixed, takes, lastTrouble } = words().skills;
  const { state, reason, memory, cpu_share } = skill.condition;
  const bad = state === "left_out" || state === "restarting";
  const running = state === "running";
  const text = skill.fixed ? fixed : running && skill.condition.slow ? slow : (states[state] ?? state);
  const share = cpu_share === null ? "" : `${number(Math.round(cpu_share * 100))} %`;
  return html`<p class=${bad ? "state away" : "state"}>${text}${bad && reason ? html`: ${english(reason)}` : nothing}</p>
    ${running && memory !== null ? html`<p class="hint">${takes(size(memory), share || "0 %")}</p>` : nothing}
    ${running && skill.trouble ? html`<p class="hint">${around(lastTrouble, english(skill.trouble))}</p>` : nothing}`;
}
