/** What does not fit the thumb's edge of a phone: the other parts of the home, each with what it is for. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { session } from "../home/session";
import { Watching } from "../home/watching";
import { icon } from "../parts/icons";
import { parts } from "../places";
import { words } from "../words";

@customElement("more-screen")
export class MoreScreen extends Watching {
  protected override render(): TemplateResult {
    const { nav, about } = words();
    const found = parts(["more"], (role) => session.may(role));
    return html`<h1>${nav["more"]}</h1>
      <ul class="plain ways">${found.map((name) => html`<li><a class="card way" href=${`#/${name}`}>
        ${icon(name)}<span><strong>${nav[name]}</strong><span class="hint">${about[name]}</span></span></a></li>`)}</ul>`;
  }
}
