/** What does not fit the thumb's edge of a phone: the other parts of the home, each with what it is for. */
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Watching } from "../home/watching";
import { icon } from "../parts/icons";
import { words } from "../words";

@customElement("more-screen")
export class MoreScreen extends Watching {
  /** The parts that whoever sits here may go to. */
  @property({ attribute: false }) ways: string[] = [];

  protected override render(): TemplateResult {
    const { nav, about } = words();
    return html`<h1>${nav["more"]}</h1>
      <ul class="plain ways">${this.ways.map((name) => html`<li><a class="card way" href=${`#/${name}`}>
        ${icon(name)}<span><strong>${nav[name]}</strong><span class="hint">${about[name]}</span></span></a></li>`)}</ul>`;
  }
}
