/** Who may come into the home's hub: accounts, their roles and passwords. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { post } from "../api/client";
import type { Account, Role } from "../api/people";
import { Asked } from "../home/asked";
import { session } from "../home/session";
import { Watching } from "../home/watching";
import { icon } from "../parts/icons";
import { notify } from "../parts/notice";
import { sure } from "../parts/question";
import { words } from "../words";

const EVERY_MS = 15_000;
const ROLES: Role[] = ["guest", "member", "admin", "owner"];

@customElement("people-screen")
export class PeopleScreen extends Watching {
  private readonly asked = new Asked<{ accounts: Account[] }>(this, "/api/v1/accounts", "admin", () => EVERY_MS);

  protected override render(): TemplateResult {
    const { title, lead } = words().people;
    const { found, trouble } = this.asked;
    return html`<a class="back" href="#/system">${icon("back")}${words().nav["system"]}</a>
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${trouble ? html`<p class="bad">${trouble}</p>` : nothing}
      <ul class="cards">${found?.accounts.map((account) => this.account(account))}</ul>
      ${this.newcomer()}`;
  }

  // Of owners and those who look after the hub only an owner decides.
  private choices(): Role[] {
    return session.may("owner") ? ROLES : ROLES.slice(0, 2);
  }

  private account(account: Account): TemplateResult {
    const { sessions, none, remove } = words().people;
    const mine = account.account === session.me?.account;
    const mayTouch = !mine && this.choices().includes(account.role);
    return html`<li class="card">
      <h2>${account.name}</h2>
      <p class="hint">${account.sessions ? sessions(account.sessions) : none}</p>
      ${mayTouch ? this.roleOf(account) : html`<p>${words().door.roles[account.role]}</p>`}
      ${mayTouch
        ? html`${this.reset(account)}
            <button type="button" aria-label=${`${remove}: ${account.name}`} @click=${() => this.shutOut(account)}>${remove}</button>`
        : nothing}
    </li>`;
  }

  private roleOf(account: Account): TemplateResult {
    const change = (event: Event): void => {
      const role = (event.target as HTMLSelectElement).value;
      void this.asked.after(() => post("/api/v1/accounts/change", { account: account.account, role }));
    };
    return html`<select aria-label=${words().people.roleOf(account.name)} @change=${change}>${this.options(account.role)}</select>`;
  }

  private options(now: Role): TemplateResult[] {
    return this.choices().map((role) => html`<option value=${role} ?selected=${role === now}>${words().door.roles[role]}</option>`);
  }

  private reset(account: Account): TemplateResult {
    const { reset, resetOf, set, resetDone } = words().people;
    const submit = async (event: Event): Promise<void> => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      const password = String(new FormData(form).get("password"));
      const done = await this.asked.after(() => post("/api/v1/accounts/change", { account: account.account, password }));
      if (!done) return;
      form.reset();
      notify(resetDone(account.name));
    };
    return html`<details><summary aria-label=${resetOf(account.name)}>${reset}</summary>
      <form class="line" @submit=${submit}>
        <input name="password" type="password" required minlength="8" maxlength="256" autocomplete="new-password"
          aria-label=${resetOf(account.name)}>
        <button type="submit">${set}</button>
      </form></details>`;
  }

  private newcomer(): TemplateResult {
    const { add, addNow, may } = words().people;
    const { name, password, passwordHint, role, roles } = words().door;
    return html`<form class="card" autocomplete="off" aria-labelledby="add" @submit=${this.add}>
      <h2 id="add">${add}</h2>
      <label for="name">${name}</label>
      <input id="name" name="name" required maxlength="64" autocomplete="off">
      <label for="password">${password}</label>
      <input id="password" name="password" type="password" required minlength="8" maxlength="256" autocomplete="new-password"
        aria-describedby="password-hint">
      <p id="password-hint" class="hint">${passwordHint}</p>
      <label for="role">${role}</label>
      <select id="role" name="role" aria-describedby="may">${this.options("member")}</select>
      <dl id="may" class="hint">${this.choices().map((each) => html`<div><dt>${roles[each]}</dt><dd>${may[each]}</dd></div>`)}</dl>
      <button type="submit" class="strong">${addNow}</button>
    </form>`;
  }

  private async add(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const entered = Object.fromEntries(new FormData(form));
    const added = await this.asked.after(() => post<Account>("/api/v1/accounts", entered));
    if (!added) return;
    form.reset();
    notify(words().people.added(added.name));
  }

  private async shutOut(account: Account): Promise<void> {
    if (!(await sure(words().people.removeSure(account.name)))) return;
    await this.asked.after(() => post("/api/v1/accounts/remove", { account: account.account }));
  }
}
