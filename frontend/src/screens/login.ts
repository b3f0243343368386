/** Log in. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { session } from "../home/session";
import { Watching } from "../home/watching";
import type { Wording } from "../parts/english";
import { explain } from "../parts/notice";
import { languages } from "../parts/languages";
import { words } from "../words";

@customElement("login-screen")
export class LoginScreen extends Watching {
  @state() private trouble: Wording = "";
  @state() private busy = false;

  protected override render(): TemplateResult {
    const { title, lead, name, password, logIn } = words().door;
    return html`<div class="door">
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
      <form class="card" @submit=${this.submit}>
        <label for="name">${name}</label>
        <input id="name" name="username" required maxlength="64" autocomplete="username" autocapitalize="none">
        <label for="password">${password}</label>
        <input id="password" name="password" type="password" required maxlength="256" autocomplete="current-password">
        <p class="bad" role="alert">${this.trouble || nothing}</p>
        <button type="submit" class="strong wide" ?disabled=${this.busy}>${logIn}</button>
      </form>
      ${languages()}
    </div>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const entered = new FormData(event.target as HTMLFormElement);
    this.busy = true;
    try {
      await session.logIn(String(entered.get("username")), String(entered.get("password")));
    } catch (error) {
      this.trouble = explain(error);
      this.querySelector<HTMLInputElement>("#password")?.select();
    }
    this.busy = false;
  }
}
