/** The fields of a form as a JSON Schema describes them. It stands inside a form of the screen's own. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Field, Schema } from "../api/forms";
import { Watching } from "../home/watching";
import { words } from "../words";
import { around, type Wording } from "./english";

type Entry = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

@customElement("hearth-schema-form")
export class SchemaForm extends Watching {
  @property({ attribute: false }) schema: Schema = {};
  /** What the fields have at first, by name; a field that is not there has its default. */
  @property({ attribute: false }) values: Record<string, unknown> = {};
  /** The secrets that are there already: left empty they stay. */
  @property({ attribute: false }) kept: readonly string[] = [];
  @state() private refused: { field: string; message: Wording } | undefined;

  /** What was entered, without what was left empty; nothing when a field makes no sense, which is then shown at it. */
  entered(): Record<string, unknown> | undefined {
    this.refused = undefined;
    const found: Record<string, unknown> = {};
    for (const [name, field] of this.fields()) {
      const entry = this.querySelector<Entry>(`[name="${name}"]`);
      if (!entry) continue;
      try {
        const value = read(entry, field);
        if (value !== undefined) found[name] = value;
      } catch {
        this.refuse(name, words().form.json);
        return undefined;
      }
    }
    return found;
  }

  /** Show at its field what is wrong; false where there is no such field. */
  refuse(name: string, message: Wording): boolean {
    const entry = this.querySelector<Entry>(`[name="${name}"]`);
    if (!entry) return false;
    this.refused = { field: name, message };
    const details = entry.closest("details");
    if (details) details.open = true;
    entry.focus();
    return true;
  }

  protected override render(): TemplateResult {
    const fields = this.fields();
    const seldom = fields.filter(([, field]) => field["x-advanced"]);
    return html`${fields.filter(([, field]) => !field["x-advanced"]).map(([name, field]) => this.field(name, field))}
      ${seldom.length
        ? html`<details><summary>${words().form.more}</summary>${seldom.map(([name, field]) => this.field(name, field))}</details>`
        : nothing}`;
  }

  private fields(): [string, Field][] {
    return Object.entries(this.schema.properties ?? {}).map(([name, field]) => [name, this.plain(field)]);
  }

  // What a field may be beside null, with what is said of the field itself.
  private plain(field: Field): Field {
    const named = field.$ref ? (this.schema.$defs?.[field.$ref.split("/").pop() ?? ""] ?? {}) : {};
    const inner = field.anyOf?.find((each) => each.type !== "null");
    return { ...named, ...(inner ? this.plain(inner) : {}), ...field };
  }

  private field(name: string, field: Field): TemplateResult {
    const id = `field-${name}`;
    const hints = [said(field.description), field.writeOnly && this.kept.includes(name) ? words().form.kept : "",
      field.type === "array" ? words().form.several : ""].filter(Boolean);
    const wrong = this.refused?.field === name ? this.refused.message : "";
    const described = [hints.length ? `${id}-hint` : "", wrong ? `${id}-wrong` : ""].filter(Boolean).join(" ");
    const label = html`<label for=${id}>${said(field.title) || name.replaceAll("_", " ")}</label>`;
    const entry = this.entry(id, name, field, described, wrong !== "");
    return html`<div class=${field.type === "boolean" ? "field yes" : "field"}>
      ${label}${entry}
      ${hints.length ? html`<p class="hint" id="${id}-hint">${hints.join(". ")}</p>` : nothing}
      ${wrong ? html`<p class="bad" id="${id}-wrong" role="alert">${around(words().form.refused, wrong)}</p>` : nothing}
    </div>`;
  }

  private entry(id: string, name: string, field: Field, described: string, wrong: boolean): TemplateResult {
    const value = this.values[name] ?? field.default ?? "";
    const by = described || nothing;
    const invalid = wrong ? "true" : nothing;
    const required = this.schema.required?.includes(name) ?? false;
    if (field.enum)
      return html`<select id=${id} name=${name} aria-describedby=${by} aria-invalid=${invalid} ?required=${required}>
        ${field.enum.map((each) => html`<option value=${each} ?selected=${each === value}>${said(String(each))}</option>`)}</select>`;
    if (field.type === "boolean")
      return html`<input class="switch" type="checkbox" id=${id} name=${name} aria-describedby=${by} .checked=${value === true}>`;
    if (field.type === "integer" || field.type === "number")
      return html`<input type="number" id=${id} name=${name} aria-describedby=${by} aria-invalid=${invalid} ?required=${required}
        step=${field.type === "integer" ? "1" : "any"} min=${field.minimum ?? field.exclusiveMinimum ?? nothing}
        max=${field.maximum ?? nothing} .value=${String(value)}>`;
    if (field.type === "string" && field.writeOnly)
      return html`<input type="password" id=${id} name=${name} aria-describedby=${by} aria-invalid=${invalid}
        ?required=${required && !this.kept.includes(name)} maxlength=${field.maxLength ?? nothing} autocomplete="new-password">`;
    if (field.type === "string" || (field.type === "array" && field.items?.type === "string"))
      return html`<input id=${id} name=${name} aria-describedby=${by} aria-invalid=${invalid} ?required=${required}
        minlength=${field.minLength ?? nothing} maxlength=${field.maxLength ?? nothing} pattern=${whole(field.pattern) ?? nothing}
        autocomplete="off" autocapitalize="off" spellcheck="false"
        .value=${Array.isArray(value) ? value.join(", ") : String(value)}>`;
    return html`<textarea id=${id} name=${name} aria-describedby=${by} aria-invalid=${invalid} rows="4" spellcheck="false"
      .value=${value === "" ? "" : JSON.stringify(value, null, 2)}></textarea>`;
  }
}

/** An integration's own words in the page's language, where it has some for them. */
export function said(text: string | undefined): string {
  return words().fields[text ?? ""] ?? text ?? "";
}

function read(entry: Entry, field: Field): unknown {
  if (entry instanceof HTMLInputElement && entry.type === "checkbox") return entry.checked;
  const text = entry.value.trim();
  if (field.enum) return field.enum.find((each) => String(each) === entry.value);
  if (field.type === "string") {
    if (field.writeOnly) return entry.value || undefined;
    return text || (field.default ? "" : undefined);
  }
  if (!text) return undefined;
  if (field.type === "integer" || field.type === "number") return Number(text);
  if (field.type === "array" && field.items?.type === "string") return text.split(",").map((each) => each.trim()).filter(Boolean);
  return JSON.parse(text) as unknown;
}

// A browser reads patterns more strictly than others do, and says so where it cannot.
function whole(pattern: string | undefined): string | undefined {
  if (!pattern) return undefined;
  try {
    return new RegExp(pattern, "v") && pattern;
  } catch {
    return undefined;
  }
}
