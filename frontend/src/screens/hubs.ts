/** The home's hubs: who they are, letting one in by its code, shutting one out. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import type { Hubs, Pairing, Peer } from "../api/hubs";
import { Asked } from "../home/asked";
import { Watching } from "../home/watching";
import "../parts/alone";
import { around, english } from "../parts/english";
import { icon } from "../parts/icons";
import { notify } from "../parts/notice";
import { sure } from "../parts/question";
import { words } from "../words";
import { day } from "../words/figures";

const SOON_MS = 1000;
const LATER_MS = 8000;

@customElement("hubs-screen")
export class HubsScreen extends Watching {
  private readonly hubs = new Asked<Hubs>(this, "/api/v1/peers", "admin", (found) =>
    found?.pairing.stage === "waiting" ? SOON_MS : LATER_MS,
  );
  @state() private address = "";
  @state() private busy = false;

  protected override render(): TemplateResult {
    const { title, lead } = words().hubs;
    const { found, trouble } = this.hubs;
    return html`
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${found
        ? html`<ul class="cards">${found.peers.map((peer) => this.peer(peer))}</ul>
            <div class="columns">${this.letIn(found.pairing)} ${this.join(found)}</div>`
        : trouble
          ? (this.hubs.code === "unavailable" ? html`<hearth-alone></hearth-alone>` : html`<p class="bad">${trouble}</p>`)
          : html`<p>${words().loading}</p>`}
    `;
  }

  private peer(peer: Peer): TemplateResult {
    const { here, founder, reachable, gone, joined, remove, leave } = words().hubs;
    const marks = [peer.here ? here : "", peer.founder ? founder : ""].filter(Boolean);
    const known = peer.here || peer.reachable === null ? "" : peer.reachable ? reachable : gone;
    return html`<li class="card hub">
      <header><span class="badge">${icon("hubs")}</span><div><h2>${peer.name}</h2>
        <p class=${peer.reachable === false ? "state away" : "state"}>${[known, ...marks].filter(Boolean).join(" · ")}</p></div></header>
      <dl>
        <div><dt>${words().entity.id}</dt><dd><code>${peer.short}</code></dd></div>
        ${peer.addresses.length ? html`<div><dt>${words().hubs.address}</dt><dd>${peer.addresses.join(", ")}</dd></div>` : nothing}
      </dl>
      ${peer.joined_at ? html`<p class="hint">${joined(day(peer.joined_at))}</p>` : nothing}
      ${peer.joined_at
        ? html`<button type="button" aria-label=${`${peer.here ? leave : remove}: ${peer.name}`} @click=${() => this.shutOut(peer)}>
            ${peer.here ? leave : remove}</button>`
        : nothing}
    </li>`;
  }

  private letIn(pairing: Pairing): TemplateResult {
    const { let: title, letLead, wait, stop, code, at, left, tries, paired, closed } = words().hubs;
    const waiting = pairing.stage === "waiting";
    return html`<section class="card" aria-labelledby="let">
      <h2 id="let">${title}</h2>
      <p>${letLead}</p>
      ${waiting
        ? html`<dl class="code"><div><dt>${code}</dt><dd><output>${pairing.code}</output></dd></div>
              <div><dt>${at}</dt><dd>${pairing.addresses.join(", ")}</dd></div></dl>
            <p class="hint">${left(Math.ceil(pairing.left_s))} · ${tries(pairing.tries_left)}</p>`
        : nothing}
      ${pairing.stage === "paired" ? html`<p role="status">${paired}</p>` : nothing}
      ${pairing.stage === "closed" ? html`<p class="bad" role="status">${around(closed, english(pairing.reason))}</p>` : nothing}
      <button type="button" class=${waiting ? "" : "strong"} @click=${() => this.wait(waiting)}>${waiting ? stop : wait}</button>
    </section>`;
  }

  private join(found: Hubs): TemplateResult {
    const { join, joinLead, address, code, nearby, use, joinNow } = words().hubs;
    return html`<form class="card" autocomplete="off" aria-labelledby="join" @submit=${this.submit}>
      <h2 id="join">${join}</h2>
      <p>${joinLead}</p>
      ${found.nearby.length
        ? html`<h3 class="quiet" id="nearby">${nearby}</h3><ul class="chips" aria-labelledby="nearby">${found.nearby.map((hub) => html`<li>
            <button type="button" class="chip" aria-label=${use(hub.name)} @click=${() => (this.address = hub.address)}>${hub.name}</button></li>`)}</ul>`
        : nothing}
      <label for="address">${address}</label>
      <input id="address" required maxlength="200" .value=${this.address} placeholder="192.168.1.20:8422"
        @input=${(event: Event) => (this.address = (event.target as HTMLInputElement).value)}>
      <label for="code">${code}</label>
      <input id="code" required maxlength="20" inputmode="numeric" autocomplete="one-time-code">
      <button type="submit" class="strong" ?disabled=${this.busy}>${joinNow}</button>
    </form>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const code = this.querySelector<HTMLInputElement>("#code");
    if (!code) return;
    this.busy = true;
    const body = { address: this.address.trim(), code: code.value.trim() };
    const peer = await this.hubs.after(() => post<Peer>("/api/v1/peers/join", body, true));
    this.busy = false;
    if (!peer) return;
    code.value = "";
    notify(words().hubs.joinedTo(peer.name));
  }

  private async wait(stop: boolean): Promise<void> {
    await this.hubs.after(() => post<Pairing>("/api/v1/peers/pair", { stop }));
  }

  private async shutOut(peer: Peer): Promise<void> {
    const { removeSure, leaveSure } = words().hubs;
    if (!(await sure(peer.here ? leaveSure : removeSure(peer.name)))) return;
    await this.hubs.after(() => post<Peer>("/api/v1/peers/remove", { peer: peer.peer }));
  }
}
