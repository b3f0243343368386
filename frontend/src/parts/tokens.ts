/** Tokens by which programs of whoever is logged in come in: made here, told once, ended here. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { NewToken, Token } from "../api/people";
import { Asked } from "../home/asked";
import { Watching } from "../home/watching";
import { words } from "../words";
import { day } from "../words/figures";
import { sure } from "./question";

const EVERY_MS = 30_000;
const SCOPES = ["read", "control", "admin"];

@customElement("hearth-tokens")
export class Tokens extends Watching {
  private readonly asked = new Asked<{ tokens: Token[] }>(this, "/api/v1/tokens", "member", () => EVERY_MS);
  @state() private fresh: NewToken | undefined;

  protected override render(): TemplateResult {
    const { title, lead, name, scope, scopes, make, once } = words().tokens;
    const { fresh } = this;
    return html`<details>
      <summary>${title}</summary>
      <p class="hint">${lead}</p>
      <ul class="sessions">${this.asked.found?.tokens.map((each) => this.token(each))}</ul>
      <form @submit=${this.make}>
        <label for="token-name">${name}</label>
        <input id="token-name" name="name" required maxlength="64" autocomplete="off">
        <label for="token-scope">${scope}</label>
        <div class="line">
          <select id="token-scope" name="scope">${SCOPES.map((each) => html`<option value=${each}>${scopes[each]}</option>`)}</select>
          <button type="submit">${make}</button>
        </div>
      </form>
      <div role="status">${fresh ? html`<p class="hint">${once(fresh.name)}</p><code class="token">${fresh.token}</code>` : nothing}</div>
    </details>`;
  }

  private token(each: Token): TemplateResult {
    const { scopes, end } = words().tokens;
    return html`<li><span>${each.name} <small>${scopes[each.scope]}, ${words().people.since(day(each.created))}</small></span>
      <button type="button" aria-label=${`${end}: ${each.name}`} @click=${() => this.end(each)}>${end}</button></li>`;
  }

  private async make(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const made = await this.asked.after(() => post<NewToken>("/api/v1/tokens", Object.fromEntries(new FormData(form))));
    if (!made) return;
    this.fresh = made;
    form.reset();
  }

  private async end(token: Token): Promise<void> {
    if (!(await sure(words().tokens.endSure(token.name)))) return;
    const ended = await this.asked.after(() => post("/api/v1/tokens/revoke", { id: token.id }));
    if (ended && this.fresh?.id === token.id) this.fresh = undefined;
  }
}
