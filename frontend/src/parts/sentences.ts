/** Example sentences in the language that is read here, else in that of the home, else in any that there is. */
import { html, nothing, type TemplateResult } from "lit";
import { store } from "../home/store";
import { language } from "../words";

/** As a list, nothing where there are none. */
export function sentences(examples: Record<string, string[]>): TemplateResult | typeof nothing {
  const found = [language(), store.home.language, ...Object.keys(examples)].find((tag) => examples[tag]?.length);
  if (found === undefined) return nothing;
  return html`<ul class="plain" lang=${found}>${examples[found]?.map((each) => html`<li>“${each}”</li>`)}</ul>`;
}
