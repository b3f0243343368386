/** The choice of the page's language, each named in itself. */
import { html, type TemplateResult } from "lit";
import { choose, language, LANGUAGES, words } from "../words";

export function languages(): TemplateResult {
  return html`<fieldset class="languages">
    <legend class="visually-hidden">${words().system.look}</legend>
    ${Object.entries(LANGUAGES).map(([tag, its]) => html`<label lang=${tag}><input type="radio" name="language" value=${tag}
      .checked=${tag === language()} @change=${() => choose(tag)}> ${its.language}</label>`)}
  </fieldset>`;
}
