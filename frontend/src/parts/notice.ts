/** A line that says what just happened or did not; screen readers hear it. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { ApiError } from "../api/client";
import { Watching } from "../home/watching";
import { words } from "../words";
import { english, type Wording } from "./english";

const SHOWN_MS = 6000;

@customElement("hearth-notice")
export class Notice extends Watching {
  @state() private text: Wording = "";
  @state() private bad = false;
  private timer = 0;

  tell(text: Wording, bad: boolean): void {
    this.text = text;
    this.bad = bad;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.text = ""), SHOWN_MS);
  }

  protected override render(): TemplateResult {
    return html`<div role="status" class=${this.bad ? "notice bad" : "notice"} ?data-shown=${this.text !== ""}>
      ${this.text}
    </div>`;
  }
}

export function notify(text: Wording, bad = false): void {
  document.querySelector<Notice>("hearth-notice")?.tell(text, bad);
}

/** What an error means, in the page's language where it has words for it, else as the hub says it. */
export function explain(error: unknown): Wording {
  if (!(error instanceof ApiError)) return english(String(error));
  if (error.code === "too_many_tries") return words().tooManyTries(error.wait);
  const known = words().errors[error.code];
  return known ?? english([error.message, error.remedy].filter(Boolean).join(". "));
}
