/** What a skill may do, in words: a list, or boxes to tick where the household has a say. */
import { html, nothing, type TemplateResult } from "lit";
import type { AskedGrant } from "../api/skills";
import { words } from "../words";
import { english, type Wording } from "./english";

function narrowed(grant: AskedGrant): string {
  const { events, only } = words().skills;
  if (!grant.only.length) return "";
  return only(grant.only.map((each) => (grant.port === "events" ? (events[each] ?? each) : each)).join(", "));
}

function told(grant: AskedGrant, marks: string[], why: Wording = grant.why): TemplateResult {
  const { ports } = words().skills;
  const more = [narrowed(grant), ...marks].filter(Boolean).join(" · ");
  return html`<span><span class="what">${ports[grant.port] ?? grant.port}</span>
    ${more ? html`<span class="hint">${more}</span>` : nothing}
    <q class="hint">${why}</q></span>`;
}

/** `own`: the skill is the hub's, and says in English what it needs them for. */
export function grantList(grants: AskedGrant[], own = false): TemplateResult {
  const { refused, nothing: none } = words().skills;
  if (!grants.length) return html`<p class="hint">${none}</p>`;
  return html`<ul class="grants">${grants.map((grant) => html`<li>${told(grant, grant.agreed ? [] : [refused], own ? english(grant.why) : grant.why)}</li>`)}</ul>`;
}

/** One box for each; what the skill cannot do without is ticked for good. `ticked` says which of the others are. */
export function grantBoxes(grants: AskedGrant[], ticked: ReadonlySet<string>, tick: (grant: string, on: boolean) => void): TemplateResult {
  const { optional, fresh } = words().skills;
  return html`<ul class="grants">${grants.map((grant) => html`<li><label>
    <input type="checkbox" .checked=${!grant.optional || ticked.has(grant.grant)} ?disabled=${!grant.optional}
      @change=${(event: Event) => tick(grant.grant, (event.target as HTMLInputElement).checked)}>
    ${told(grant, [grant.new ? fresh : "", grant.optional ? optional : ""])}</label></li>`)}</ul>`;
}

/** Those that the skill cannot do without, and the others that are ticked. */
export function agreedTo(grants: AskedGrant[], ticked: ReadonlySet<string>): string[] {
  return grants.filter((grant) => !grant.optional || ticked.has(grant.grant)).map((grant) => grant.grant);
}
