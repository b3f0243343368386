/** Who is logged in: their name and role, another password, and the way out. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { session } from "../home/session";
import { Watching } from "../home/watching";
import { words } from "../words";
import type { Wording } from "./english";
import { explain, notify } from "./notice";
import "./sessions";
import "./tokens";

@customElement("hearth-you")
export class You extends Watching {
  @state() private trouble: Wording = "";

  protected override render(): TemplateResult {
    const { you, name, role, roles, logOut, change, old, new: fresh, save, openTitle, openText, openDo } = words().door;
    const { me } = session;
    if (!me) return html``;
    if (me.by !== "session") {
      return me.owned ? html`` : html`<section class="card" aria-labelledby="you">
        <h2 id="you">${openTitle}</h2><p>${openText}</p><p><a class="button strong" href="#/setup">${openDo}</a></p>
      </section>`;
    }
    return html`<section class="card" aria-labelledby="you">
      <h2 id="you">${you}</h2>
      <dl><div><dt>${name}</dt><dd>${me.name}</dd></div><div><dt>${role}</dt><dd>${roles[me.role] ?? me.role}</dd></div></dl>
      <details>
        <summary>${change}</summary>
        <form @submit=${this.change}>
          <input type="hidden" name="username" autocomplete="username" .value=${me.name}>
          <label for="old">${old}</label>
          <input id="old" name="old" type="password" required maxlength="256" autocomplete="current-password">
          <label for="new">${fresh}</label>
          <input id="new" name="new" type="password" required minlength="8" maxlength="256" autocomplete="new-password">
          <p class="bad" role="alert">${this.trouble || nothing}</p>
          <button type="submit">${save}</button>
        </form>
      </details>
      <hearth-sessions></hearth-sessions>
      ${session.may("member") ? html`<hearth-tokens></hearth-tokens>` : nothing}
      <div class="buttons">
        ${session.may("admin") ? html`<a class="button" href="#/people">${words().people.open}</a>` : nothing}
        <button type="button" @click=${this.leave}>${logOut}</button>
      </div>
    </section>`;
  }

  private async change(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const entered = new FormData(form);
    try {
      await session.changePassword(String(entered.get("old")), String(entered.get("new")));
      form.reset();
      this.trouble = "";
      notify(words().door.changed);
    } catch (error) {
      this.trouble = explain(error);
    }
  }

  private async leave(): Promise<void> {
    try {
      await session.logOut();
    } catch (error) {
      notify(explain(error), true);
    }
  }
}
