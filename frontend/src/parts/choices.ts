/** A form of a skill's settings: a native field for each, by the kind of its default. */
import { html, type TemplateResult } from "lit";
import type { Skill, SkillSetting } from "../api/skills";
import { words } from "../words";

type Chosen = Record<string, boolean | number | string>;

export function settingsForm(skill: Skill, save: (values: Chosen) => void): TemplateResult {
  const { save: label } = words().skills;
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    save(Object.fromEntries(skill.settings.map((each) => [each.name, entered(form, each)])));
  };
  return html`<form class="settings" autocomplete="off" @submit=${submit}>
    ${skill.settings.map((each) => field(each, `${skill.skill}-${each.name}`))}
    <button type="submit" aria-label=${`${label}: ${skill.name}`}>${label}</button>
  </form>`;
}

function field(setting: SkillSetting, id: string): TemplateResult {
  const { name, label, value, options, min, max } = setting;
  if (typeof setting.default === "boolean") {
    return html`<label class="tick"><input type="checkbox" name=${name} .checked=${value === true}> ${label}</label>`;
  }
  if (options.length) {
    return html`<label for=${id}>${label}</label>
      <select id=${id} name=${name}>${options.map((each) => html`<option value=${each} ?selected=${each === value}>${each}</option>`)}</select>`;
  }
  if (typeof setting.default === "number") {
    return html`<label for=${id}>${label}</label>
      <input id=${id} name=${name} type="number" required step=${Number.isInteger(setting.default) ? "1" : "any"}
        min=${min ?? ""} max=${max ?? ""} .value=${String(value)}>`;
  }
  return html`<label for=${id}>${label}</label>
    <input id=${id} name=${name} maxlength="500" .value=${String(value)}>`;
}

function entered(form: HTMLFormElement, setting: SkillSetting): boolean | number | string {
  const input = form.elements.namedItem(setting.name) as HTMLInputElement | HTMLSelectElement;
  if (typeof setting.default === "boolean") return (input as HTMLInputElement).checked;
  return typeof setting.default === "number" ? Number(input.value) : input.value;
}
