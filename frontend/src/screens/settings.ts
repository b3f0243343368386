/** What the household may set about its home; what hearth.toml says is shown locked. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { Setting, Settings } from "../api/wire";
import { Asked } from "../home/asked";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { icon } from "../parts/icons";
import { explain, notify } from "../parts/notice";
import "../parts/phone";
import { waiting } from "../parts/take-up";
import { LANGUAGES, words } from "../words";

const EVERY_MS = 60_000;
const GROUPS = ["home", "voice", "presence", "seeing", "learning", "swarm"];
const VOICES = ["slt", "rms", "awb", "kal16"];

@customElement("settings-screen")
export class SettingsScreen extends Watching {
  private readonly asked = new Asked<Settings>(this, "/api/v1/settings", "admin", () => EVERY_MS);
  @state() private busy = false;

  protected override render(): TemplateResult {
    const { title, lead, groups, save, gestures } = words().settings;
    const { found, trouble } = this.asked;
    return html`<h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${trouble ? html`<p class="bad">${trouble}</p>` : nothing}
      ${found && waiting(found).length ? html`<hearth-take-up .settings=${found.settings}></hearth-take-up>` : nothing}
      ${found
        ? html`<form class="settings" @submit=${this.save}>
            <div class="columns">${GROUPS.map((group) => html`<fieldset class="card">
              <legend><h2>${groups[group]}</h2></legend>
              ${shown(found, group).map((each) => field(each))}
            </fieldset>`)}</div>
            <p class="buttons"><button type="submit" class="strong" ?disabled=${this.busy}>${save}</button></p>
          </form>
          <hearth-phone></hearth-phone>
          <ul class="plain ways part"><li><a class="card way" href="#/gestures">${icon("gestures")}<span><strong>${gestures}</strong>
            <span class="hint">${words().about["gestures"]}</span></span></a></li></ul>`
        : trouble ? nothing : html`<p>${words().loading}</p>`}`;
  }

  private async save(event: Event): Promise<void> {
    event.preventDefault();
    const entered = new FormData(event.target as HTMLFormElement);
    const changes: Record<string, unknown> = {};
    for (const setting of shown(this.asked.found)) {
      const value = read(setting, entered);
      if (value !== undefined && value !== setting.value) changes[setting.key] = value === setting.default ? null : value;
    }
    if (!Object.keys(changes).length) return notify(words().settings.saved);
    this.busy = true;
    try {
      this.asked.found = await post<Settings>("/api/v1/settings", { changes });
      notify(this.asked.found.restart ? words().settings.savedWaits : words().settings.saved);
    } catch (error) {
      notify(explain(error), true);
    }
    this.busy = false;
  }
}

/** The settings of this form, or of one group in it; others have screens of their own. */
function shown(found: Settings | undefined, group?: string): Setting[] {
  const of = (key: string): string => key.split(".")[0] ?? "";
  return found?.settings.filter((each) => (group ? of(each.key) === group : GROUPS.includes(of(each.key)))) ?? [];
}

/** What was entered, nothing for what is locked. */
function read(setting: Setting, entered: FormData): unknown {
  if (setting.locked) return undefined;
  if (setting.schema.type === "boolean") return entered.has(setting.key);
  const text = String(entered.get(setting.key) ?? "").trim();
  return setting.schema.type === "integer" ? Number(text) : text;
}

function field(setting: Setting): TemplateResult {
  const { names, hints, locked } = words().settings;
  const { key } = setting;
  const hint = [setting.locked ? locked : "", hints[key] ?? ""].filter(Boolean).join(". ");
  const name = names[key] ?? setting.title;
  const described = hint ? `hint-${key}` : nothing;
  const tick = setting.schema.type === "boolean";
  return html`<div class="field" data-setting=${key}>
    ${tick
      ? html`<label class="tick"><input type="checkbox" name=${key} .checked=${setting.value === true} ?disabled=${setting.locked}
          aria-describedby=${described}> ${name}</label>`
      : html`<label for=${`set-${key}`}>${name}</label>${entry(setting, described)}`}
    ${hint ? html`<p class="hint" id=${`hint-${key}`}>${hint}</p>` : nothing}
  </div>`;
}

function entry(setting: Setting, described: string | typeof nothing): TemplateResult {
  const { key, locked, schema } = setting;
  const id = `set-${key}`;
  const value = String(setting.value);
  const choices = choicesOf(key);
  if (choices) {
    if (!choices.some(([each]) => each === value)) choices.push([value, value]);
    return html`<select id=${id} name=${key} ?disabled=${locked} aria-describedby=${described}>
      ${choices.map(([each, text]) => html`<option value=${each} ?selected=${each === value}>${text}</option>`)}</select>`;
  }
  if (schema.type === "integer")
    return html`<input type="number" id=${id} name=${key} required min=${schema.minimum ?? nothing} max=${schema.maximum ?? nothing}
      ?disabled=${locked} aria-describedby=${described} .value=${value}>`;
  return html`<input id=${id} name=${key} ?required=${setting.default !== ""} maxlength=${schema.maxLength ?? 200} autocomplete="off" spellcheck="false"
    ?disabled=${locked} aria-describedby=${described} .value=${value}>`;
}

/** The values to choose from, with what they are called. */
function choicesOf(key: string): [string, string][] | undefined {
  if (key === "home.language") return Object.entries(LANGUAGES).map(([tag, its]) => [tag, its.language]);
  if (key === "voice.voice") return VOICES.map((each) => [each, each]);
  if (key === "swarm.host") return Object.entries(words().settings.reached);
  if (key !== "voice.area") return undefined;
  return [["", words().settings.nowhere], ...store.home.areas.map((area): [string, string] => [area.id, area.name])];
}
