/** The first step: somebody becomes the owner of the home. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { ApiError } from "../api/client";
import { firstSteps } from "../home/first-steps";
import { session } from "../home/session";
import { languages } from "../parts/languages";
import "../parts/restore";
import { goTo } from "../router";
import { words } from "../words";
import { SetupStep } from "./step";

@customElement("setup-owner")
export class OwnerStep extends SetupStep {
  protected readonly step = "owner";
  /** Accounts are switched off: there is no owner to make. */
  @state() private nobody = false;

  protected override render(): TemplateResult {
    const { setUpTitle, setUpLead } = words().door;
    const { me } = session;
    return html`<h1>${setUpTitle}</h1>
      <p class="lead">${setUpLead}</p>
      ${languages()}
      ${me?.owned || this.nobody ? this.owned(me?.name ?? "") : html`${this.form()}${restoring()}`}`;
  }

  private form(): TemplateResult {
    const { name, password, passwordHint, setUp } = words().door;
    return html`<form class="card" @submit=${this.submit}>
      <label for="name">${name}</label>
      <input id="name" name="username" required maxlength="64" autocomplete="username" autocapitalize="none">
      <label for="password">${password}</label>
      <input id="password" name="password" type="password" required minlength="8" maxlength="256" autocomplete="new-password"
        aria-describedby="password-hint">
      <p id="password-hint" class="hint">${passwordHint}</p>
      ${session.me === undefined ? code() : nothing}
      <p class="bad" role="alert">${this.trouble || nothing}</p>
      <button type="submit" class="strong wide" ?disabled=${this.busy}>${setUp}</button>
    </form>`;
  }

  private owned(name: string): TemplateResult {
    return html`<form class="card" @submit=${this.submit}>
      <p>${this.nobody ? words().errors["no_accounts"] : words().setup.isOwner(name)}</p>
      <p class="bad" role="alert">${this.trouble || nothing}</p>
      <button type="submit" class="strong wide" ?disabled=${this.busy}>${words().setup.next}</button>
    </form>`;
  }

  protected override async keep(form: FormData): Promise<void> {
    if (session.me?.owned || this.nobody) return;
    const field = (name: string): string => String(form.get(name) ?? "");
    try {
      await session.setUp(field("username"), field("password"), field("code").trim());
    } catch (error) {
      this.nobody = error instanceof ApiError && error.code === "no_accounts";
      throw error;
    }
  }

  // A home that was furnished before it had an owner needs no more steps.
  protected override async pass(): Promise<void> {
    if (await firstSteps.ask()) await super.pass();
    else goTo("#/home");
  }
}

// With a backup come its owner, its rooms and all else.
function restoring(): TemplateResult {
  return html`<details class="card"><summary>${words().system.fromBackup}</summary>
    <hearth-restore .code=${session.me === undefined}></hearth-restore></details>`;
}

// Who sits at the hub's own machine is known to be there; anybody else shows what it printed.
function code(): TemplateResult {
  const { code: title, codeHint } = words().door;
  return html`<label for="code">${title}</label>
    <input id="code" name="code" maxlength="64" autocomplete="one-time-code" autocapitalize="none" aria-describedby="code-hint">
    <p id="code-hint" class="hint">${codeHint}</p>`;
}
