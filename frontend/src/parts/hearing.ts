/** How a microphone does: how loud it is, what the page is about, and what keeps it from hearing. */
import { html, nothing, type TemplateResult } from "lit";
import { DeviceError } from "../home/having";
import type { Listening } from "../voice/listening";
import { words } from "../words";
import { english } from "./english";

/** How loud it is at the microphone. */
export function meter(level: number): TemplateResult {
  return html`<meter class="loudness" min="0" max="1" .value=${level} aria-label=${words().microphone.level}></meter>`;
}

/** What the page is about, in a line that screen readers follow. */
export function phase(from: Listening): string {
  const { phases, waitingFor } = words().microphone;
  if (from.phase === "opening" && from.trouble) return "";
  if (from.phase === "waiting" && from.words[0]) return waitingFor(from.words[0]);
  return phases[from.phase] ?? "";
}

/** What is wrong, and the step that mends it. */
export function trouble(from: Listening): TemplateResult | typeof nothing {
  const { trouble } = from;
  if (!trouble) return nothing;
  const { troubles, steps, again, offline, deaf, switchedOff } = words().microphone;
  if (trouble instanceof DeviceError) {
    return html`<div class="trouble" role="alert" data-cause=${trouble.cause}>
      <p class="bad">${troubles[trouble.cause]}</p><p>${steps[trouble.cause]}</p></div>`;
  }
  const own: Record<string, string> = { deaf, switched_off: switchedOff, offline: from.on ? again : offline };
  const known = own[trouble.code] ?? words().errors[trouble.code];
  return html`<div class="trouble" role="alert" data-cause=${trouble.code}>
    <p class="bad">${known ?? english(trouble.message)}</p>${known ? nothing : html`<p>${english(trouble.remedy)}</p>`}</div>`;
}
