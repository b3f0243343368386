/** What the hub itself says is English, whatever the page speaks: marked so, and a screen reader says it so. */
import { html, type TemplateResult } from "lit";

/** Text of the page's, or the hub's with its language said. */
export type Wording = string | TemplateResult;

const HERE = "\u0000";

export function english(text: string): Wording {
  return text && html`<span lang="en">${text}</span>`;
}

/** A line of the page's words around what may be in another language. */
export function around(line: (what: string) => string, what: Wording): Wording {
  if (typeof what === "string") return line(what);
  const [before, after] = line(HERE).split(HERE);
  return html`${before}${what}${after}`;
}
