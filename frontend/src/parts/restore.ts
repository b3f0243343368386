/**
 * Brings a home back from a backup, where this hub has no owner yet. `code`: what the hub printed is asked for, because
 * whoever sits here is not at the hub's own machine. Ends with the page opened again, before the home's own door.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { upload } from "../api/client";
import { openAnew } from "../home/restart";
import { Watching } from "../home/watching";
import { words } from "../words";
import type { Wording } from "./english";
import { explain } from "./notice";

interface Restored {
  home: string;
  made: string;
  files: number;
  run: string;
}

@customElement("hearth-restore")
export class Restore extends Watching {
  @property({ type: Boolean }) code = false;
  @state() private said = "";
  @state() private trouble: Wording = "";

  protected override render(): TemplateResult {
    const { restore, restoreLead, file, passphrase, restoreNow } = words().system;
    return html`<form autocomplete="off" aria-label=${restore} @submit=${this.submit}>
      <p class="hint">${restoreLead}</p>
      <label for="restore-file">${file}</label>
      <input id="restore-file" name="file" type="file" accept=".age,application/octet-stream" required>
      <label for="restore-passphrase">${passphrase}</label>
      <input id="restore-passphrase" name="passphrase" type="password" required maxlength="1000" autocomplete="off">
      ${this.code ? this.asksCode() : nothing}
      <p class="bad" role="alert">${this.trouble || nothing}</p>
      <p class="hint" role="status">${this.said || nothing}</p>
      <button type="submit" ?disabled=${this.said !== ""}>${restoreNow}</button>
    </form>`;
  }

  private asksCode(): TemplateResult {
    const { code, codeHint } = words().door;
    return html`<label for="restore-code">${code}</label>
      <input id="restore-code" name="code" maxlength="64" autocomplete="one-time-code" autocapitalize="none" aria-describedby="restore-code-hint">
      <p id="restore-code-hint" class="hint">${codeHint}</p>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const entered = new FormData(event.target as HTMLFormElement);
    const file = entered.get("file");
    if (this.said) return;
    if (!(file instanceof File) || !file.size) {
      this.trouble = words().system.wrongFile;
      return;
    }
    const text = (name: string): string => encodeURIComponent(String(entered.get(name) ?? "").trim());
    this.trouble = "";
    this.said = words().system.restoring;
    try {
      // Headers are ASCII: what was typed is written as in an address.
      const headers = { "X-Hearth-Passphrase": encodeURIComponent(String(entered.get("passphrase"))), "X-Hearth-Code": text("code") };
      const { home, run } = await upload<Restored>("/api/v1/restore", file, headers);
      this.said = words().system.restored(home);
      await openAnew(run, "#/home");
    } catch (error) {
      this.said = "";
      this.trouble = explain(error);
    }
  }
}
