/** The language of this page, at once, and of the hub. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { choose, language, LANGUAGES, words } from "../words";
import { SetupStep } from "./step";

const KEY = "home.language";

@customElement("setup-language")
export class LanguageStep extends SetupStep {
  protected readonly step = "language";

  protected override render(): TemplateResult {
    const { languageTitle, languageLead, languageHint } = words().setup;
    return html`<h1>${languageTitle}</h1>
      <p class="lead">${languageLead}</p>
      <form class="card" @submit=${this.submit}>
        <fieldset class="choice">
          <legend class="visually-hidden">${languageTitle}</legend>
          ${Object.entries(LANGUAGES).map(([tag, its]) => html`<label lang=${tag}><input type="radio" name="language" value=${tag}
            .checked=${tag === language()} @change=${() => choose(tag)}> ${its.language}</label>`)}
        </fieldset>
        <p class="hint">${languageHint}</p>
        ${this.lock(KEY)}
        ${this.ways()}
      </form>`;
  }

  protected override keep(): Promise<void> {
    return this.change({ [KEY]: language() });
  }
}
