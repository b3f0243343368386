/** How a thing is called, where it is and who may touch it: for those who look after the home. */
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { post } from "../api/client";
import type { Entity } from "../api/wire";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { words } from "../words";
import { explain, notify } from "./notice";

@customElement("hearth-entity-words")
export class EntityWords extends Watching {
  @property({ attribute: false }) entity: Entity | undefined;

  protected override render(): TemplateResult {
    const { entity } = this;
    if (!entity) return html``;
    const { title, name, aliases, aliasesHint, room, nowhere, exposed, choices, save, back, locked } = words().edit;
    if (entity.locked) return html`<section class="card"><h2>${title}</h2><p class="hint">${locked}</p></section>`;
    const word = entity.exposed === null ? "rule" : entity.exposed ? "yes" : "no";
    return html`<form class="card" aria-labelledby="words" autocomplete="off" @submit=${this.save}>
      <h2 id="words">${title}</h2>
      <label for="words-name">${name}</label>
      <input id="words-name" name="name" required maxlength="120" .value=${entity.given ?? entity.name}>
      <label for="words-aliases">${aliases}</label>
      <input id="words-aliases" name="aliases" aria-describedby="words-aliases-hint" .value=${entity.aliases.join(", ")}>
      <p id="words-aliases-hint" class="hint">${aliasesHint}</p>
      <label for="words-area">${room}</label>
      <select id="words-area" name="area">
        <option value="" ?selected=${!entity.area}>${nowhere}</option>
        ${store.home.areas.map((area) => html`<option value=${area.id} ?selected=${area.id === entity.area}>${area.name}</option>`)}
      </select>
      <label for="words-exposed">${exposed}</label>
      <select id="words-exposed" name="exposed">
        ${Object.entries(choices).map(([key, text]) => html`<option value=${key} ?selected=${key === word}>${text}</option>`)}
      </select>
      <div class="buttons">
        <button type="submit" class="strong">${save}</button>
        <button type="button" @click=${() => this.say({ name: null, aliases: null, area: null, exposed: null })}>${back}</button>
      </div>
    </form>`;
  }

  private save(event: Event): void {
    event.preventDefault();
    const entered = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => String(entered.get(name)).trim();
    const aliases = text("aliases").split(",").map((each) => each.trim()).filter(Boolean);
    const exposed = { rule: null, yes: true, no: false }[text("exposed")] ?? null;
    const said: Record<string, unknown> = { name: text("name"), aliases, area: text("area"), exposed };
    // What is as it was is not said: it stays the device's word.
    const { entity } = this;
    if (entity && said["name"] === (entity.given ?? entity.name)) delete said["name"];
    if (entity && aliases.join() === entity.aliases.join()) delete said["aliases"];
    if (entity && said["area"] === entity.area) delete said["area"];
    this.say(said);
  }

  private say(said: Record<string, unknown>): void {
    if (!this.entity) return;
    post(`/api/v1/entities/${this.entity.entity}`, said).then(
      () => notify(words().edit.saved),
      (error: unknown) => notify(explain(error), true),
    );
  }
}
