/** A question that must be answered before something risky happens: the browser's own dialog. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { Watching } from "../home/watching";
import { words } from "../words";
import { around, type Wording } from "./english";

@customElement("hearth-question")
export class Question extends Watching {
  @state() private what: Wording = "";
  private answer: ((yes: boolean) => void) | undefined;

  async ask(what: Wording): Promise<boolean> {
    this.answer?.(false);
    this.what = what;
    await this.updateComplete;
    this.querySelector("dialog")?.showModal();
    return new Promise((resolve) => (this.answer = resolve));
  }

  private closed(event: Event): void {
    const yes = (event.target as HTMLDialogElement).returnValue === "yes";
    (event.target as HTMLDialogElement).returnValue = "";
    this.answer?.(yes);
    this.answer = undefined;
    this.what = "";
  }

  private close(answer: string): void {
    this.querySelector("dialog")?.close(answer);
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="question" @close=${this.closed}>
      <p id="question">${this.what ? around(words().sure, this.what) : nothing}</p>
      <div class="buttons">
        <button type="button" @click=${() => this.close("")} autofocus>${words().cancel}</button>
        <button type="button" class="strong" @click=${() => this.close("yes")}>${words().goOn}</button>
      </div>
    </dialog>`;
  }
}

/** Whether the person said yes. */
export function sure(what: Wording): Promise<boolean> {
  const question = document.querySelector<Question>("hearth-question");
  return question ? question.ask(what) : Promise.resolve(false);
}
