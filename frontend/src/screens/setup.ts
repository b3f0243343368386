/** The first run: make the owner of the home, once. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { session } from "../home/session";
import { Watching } from "../home/watching";
import { languages } from "../parts/languages";
import { explain } from "../parts/notice";
import { words } from "../words";

@customElement("setup-screen")
export class SetupScreen extends Watching {
  @state() private trouble = "";
  @state() private busy = false;

  protected override render(): TemplateResult {
    const { setUpTitle, setUpLead, name, password, passwordHint, setUp } = words().door;
    const stranger = session.me === undefined;
    return html`<div class="door">
      <h1>${setUpTitle}</h1>
      <p class="lead">${setUpLead}</p>
      <form class="card" @submit=${this.submit}>
        <label for="name">${name}</label>
        <input id="name" name="username" required maxlength="64" autocomplete="username" autocapitalize="none">
        <label for="password">${password}</label>
        <input id="password" name="password" type="password" required minlength="8" maxlength="256" autocomplete="new-password"
          aria-describedby="password-hint">
        <p id="password-hint" class="hint">${passwordHint}</p>
        ${stranger ? this.code() : nothing}
        <p class="bad" role="alert">${this.trouble || nothing}</p>
        <button type="submit" class="strong wide" ?disabled=${this.busy}>${setUp}</button>
      </form>
      ${stranger ? languages() : nothing}
    </div>`;
  }

  // Who sits at the hub's own machine is known to be there; anybody else shows what it printed.
  private code(): TemplateResult {
    const { code, codeHint } = words().door;
    return html`<label for="code">${code}</label>
      <input id="code" name="code" maxlength="64" autocomplete="one-time-code" autocapitalize="none" aria-describedby="code-hint">
      <p id="code-hint" class="hint">${codeHint}</p>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const entered = new FormData(event.target as HTMLFormElement);
    const field = (name: string): string => String(entered.get(name) ?? "");
    this.busy = true;
    try {
      await session.setUp(field("username"), field("password"), field("code").trim());
      location.hash = "#/home";
    } catch (error) {
      this.trouble = explain(error);
    }
    this.busy = false;
  }
}
