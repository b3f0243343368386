/** The whole home as one encrypted file for whoever owns it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { fetched } from "../api/client";
import { Watching } from "../home/watching";
import { words } from "../words";
import type { Wording } from "./english";
import { explain, notify } from "./notice";
import { save } from "./save";

@customElement("hearth-backup")
export class Backup extends Watching {
  @state() private busy = false;
  @state() private trouble: Wording = "";

  protected override render(): TemplateResult {
    const { backup, backupLead, passphrase, passphraseAgain, passphraseHint, backupNow, backingUp } = words().system;
    return html`<form class="card" autocomplete="off" aria-labelledby="backup" @submit=${this.make}>
      <h2 id="backup">${backup}</h2>
      <p class="hint">${backupLead}</p>
      <label for="passphrase">${passphrase}</label>
      <input id="passphrase" name="passphrase" type="password" required minlength="8" maxlength="1000"
        autocomplete="new-password" aria-describedby="passphrase-hint">
      <label for="passphrase-again">${passphraseAgain}</label>
      <input id="passphrase-again" name="again" type="password" required maxlength="1000" autocomplete="new-password">
      <p id="passphrase-hint" class="hint">${passphraseHint}</p>
      <p class="bad" role="alert">${this.trouble || nothing}</p>
      <button type="submit" ?disabled=${this.busy}>${this.busy ? backingUp : backupNow}</button>
    </form>`;
  }

  private async make(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const entered = new FormData(form);
    const passphrase = String(entered.get("passphrase"));
    this.trouble = passphrase === entered.get("again") ? "" : words().system.differ;
    if (this.trouble || this.busy) return;
    this.busy = true;
    try {
      save(...(await fetched("/api/v1/backup", { passphrase })));
      form.reset();
      notify(words().system.backedUp);
    } catch (error) {
      this.trouble = explain(error);
    }
    this.busy = false;
  }
}
