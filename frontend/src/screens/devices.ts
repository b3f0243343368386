/** What the home is connected to: what was found, what runs and how it fares, and adding more. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { ApiError, get, post } from "../api/client";
import type { Connected, DeviceKind, Devices, FoundThing } from "../api/wire";
import { Asked } from "../home/asked";
import { session } from "../home/session";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { english, type Wording } from "../parts/english";
import { icon, iconOf } from "../parts/icons";
import { explain, notify } from "../parts/notice";
import { sure } from "../parts/question";
import { said, type SchemaForm } from "../parts/schema-form";
import "../parts/cameras";
import "../parts/satellite-form";
import "../parts/satellites";
import type { Satellites } from "../parts/satellites";
import "../parts/schema-form";
import { words } from "../words";
import { stateLine } from "../words/values";

const EVERY_MS = 4000;
const SEVERAL = 4;

/** The form that is open: of a new device, or of the one that is to be changed. */
interface Opened {
  kind: DeviceKind;
  instance: string;
  values: Record<string, unknown>;
  kept: readonly string[];
  number: number;
}

@customElement("devices-screen")
export class DevicesScreen extends Watching {
  private readonly asked = new Asked<Devices>(this, "/api/v1/devices", "member", () => EVERY_MS);
  @state() private found: FoundThing[] | undefined;
  @state() private looking = false;
  @state() private unseen: Wording = "";
  @state() private opened: Opened | undefined;
  @state() private busy = false;
  private number = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    if (session.may("admin")) void this.look();
  }

  protected override render(): TemplateResult {
    const { title, lead, connected, none, rooms, roomsAbout } = words().devices;
    const { found, trouble } = this.asked;
    const admin = session.may("admin");
    return html`<h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${admin ? this.around() : nothing}
      <h2 class="part">${connected}</h2>
      ${trouble ? html`<p class="bad">${trouble}</p>` : nothing}
      ${found
        ? html`${found.devices.length ? nothing : html`<p>${none}</p>`}
            <ul class="cards">${found.devices.map((device) => this.device(device, found, admin))}</ul>
            ${admin ? this.adding(found) : nothing}`
        : trouble ? nothing : html`<p>${words().loading}</p>`}
      <hearth-satellites @removed=${this.look}></hearth-satellites>
      ${admin ? html`<hearth-cameras></hearth-cameras>` : nothing}
      <ul class="plain ways part"><li><a class="card way" href="#/rooms">${icon("rooms")}<span><strong>${rooms}</strong>
        <span class="hint">${roomsAbout}</span></span></a></li></ul>`;
  }

  // -- what announces itself

  private around(): TemplateResult {
    const { found: title, looking, lookAgain, nothingFound } = words().devices;
    const news = this.found?.filter((thing) => !thing.here) ?? [];
    return html`<section class="card around" aria-labelledby="found">
      <header><h2 id="found">${title}</h2>
        <button type="button" ?disabled=${this.looking} @click=${this.look}>${lookAgain}</button></header>
      <p role="status" class=${this.unseen ? "bad" : "hint"}>${this.looking ? looking : this.unseen || (news.length ? nothing : nothingFound)}</p>
      <ul>${news.map((thing) => this.thing(thing))}</ul>
    </section>`;
  }

  private thing(thing: FoundThing): TemplateResult {
    const { kinds, add, addOf } = words().devices;
    const kind = this.asked.found?.available.find((each) => each.integration === thing.integration);
    return html`<li class="line-of">
      <span class="badge">${icon(thing.kind === "wyoming" ? "voice" : "devices")}</span>
      <span><span class="name">${thing.name}</span>
        <span class="hint">${kinds[thing.kind] ?? kind?.name ?? thing.kind}</span>
        <span class="hint">${thing.host}:${thing.port}</span></span>
      ${kind
        ? html`<button type="button" aria-label=${addOf(thing.name)}
            @click=${() => this.open(kind, "", { host: thing.host, port: thing.port })}>${add}</button>`
        : nothing}
      ${thing.kind === "wyoming"
        ? html`<hearth-satellite-form .found=${thing} @added=${() => this.taken(thing.host, thing.port)}></hearth-satellite-form>`
        : nothing}
    </li>`;
  }

  /** What was found there is the home's now. */
  private taken(host: unknown, port: unknown): void {
    this.found = this.found?.map((thing) => ({ ...thing, here: thing.here || (thing.host === host && thing.port === port) }));
    void this.querySelector<Satellites>("hearth-satellites")?.again();
  }

  private async look(): Promise<void> {
    this.looking = true;
    this.unseen = "";
    try {
      this.found = (await get<{ found: FoundThing[] }>("/api/v1/devices/found")).found;
    } catch (error) {
      this.unseen = explain(error);
    } finally {
      this.looking = false;
    }
  }

  // -- what runs

  private device(device: Connected, all: Devices, admin: boolean): TemplateResult {
    const { states, locked, own, change, changeOf, remove } = words().devices;
    const kind = all.available.find((each) => each.integration === device.integration);
    const name = called(device);
    const virtual = device.integration === "virtual";
    return html`<li class="card device" data-device=${device.instance}>
      <header><span class="badge">${icon("devices")}</span><div>
        <h3>${virtual ? own : device.name}</h3>
        ${address(device) ? html`<p class="hint">${address(device)}</p>` : nothing}</div></header>
      <p class="status ${device.state === "running" ? "ok" : device.state === "trouble" ? "degraded" : ""}">${states[device.state]}</p>
      ${device.trouble ? html`<p class="bad">${english(device.trouble)}</p>` : nothing}
      ${device.entities.length ? this.brought(device, name) : nothing}
      ${device.locked ? html`<p class="hint">${locked}</p>` : nothing}
      ${admin && !device.locked
        ? html`<div class="buttons">
            ${kind ? html`<button type="button" aria-label=${changeOf(name)}
              @click=${() => this.open(kind, device.instance, device.config, device.secrets)}>${change}</button>` : nothing}
            <button type="button" aria-label=${`${remove}: ${name}`} @click=${() => this.takeOut(device)}>${remove}</button></div>`
        : nothing}
    </li>`;
  }

  private brought(device: Connected, name: string): TemplateResult {
    const { brings, brought } = words().devices;
    const things = device.entities.map((id) => store.entity(id)).filter((entity) => entity !== undefined);
    const list = html`<ul class="plain" aria-label=${brought(name)}>${things.map((entity) => html`<li><a class="thing-of" href=${`#/entity/${entity.entity}`}>
      ${iconOf(entity.kind, entity.device_class, store.value(entity, "Lock"))}<span>${entity.name}</span>
      <span class="hint">${stateLine(entity, (trait) => store.value(entity, trait))}</span></a></li>`)}</ul>`;
    return things.length <= SEVERAL ? list : html`<details><summary>${brings(things.length)}</summary>${list}</details>`;
  }

  private async takeOut(device: Connected): Promise<void> {
    const { removeSure, removed } = words().devices;
    if (!(await sure(removeSure(called(device))))) return;
    const gone = await this.asked.after(() => post<Connected>("/api/v1/devices/remove", { instance: device.instance }));
    if (!gone) return;
    if (this.opened?.instance === device.instance) this.opened = undefined;
    notify(removed(called(gone)));
    void this.look();
  }

  // -- adding and changing

  private adding(all: Devices): TemplateResult {
    const { more, broken } = words().devices;
    const ready = all.available.filter((kind) => !kind.trouble);
    const opened = this.opened;
    return html`<section class="part" aria-labelledby="more">
      <h2 id="more">${more}</h2>
      ${opened
        ? keyed(opened.number, this.form(opened))
        : html`<ul class="plain ways">${ready.map((kind) => html`<li><button type="button" class="card way wide"
            @click=${() => this.open(kind, "", {})}>${icon("devices")}<span><strong>${kind.name}</strong>
            <span class="hint">${said(kind.description)}</span></span></button></li>`)}</ul>`}
      ${all.available.filter((kind) => kind.trouble).map((kind) => html`<p class="hint">${kind.name}. ${broken} ${english(kind.trouble)}</p>`)}
    </section>`;
  }

  private form(opened: Opened): TemplateResult {
    const { add, save, changeOf } = words().devices;
    const { kind, instance, values, kept } = opened;
    return html`<form class="card" id="device" aria-labelledby="device-title" autocomplete="off" @submit=${this.submit}>
      <h3 id="device-title" tabindex="-1">${instance ? changeOf(kind.name) : kind.name}</h3>
      <p class="hint">${said(kind.description)}</p>
      <hearth-schema-form .schema=${kind.schema} .values=${values} .kept=${kept}></hearth-schema-form>
      <div class="buttons"><button type="submit" class="strong" ?disabled=${this.busy}>${instance ? save : add}</button>
        <button type="button" @click=${() => (this.opened = undefined)}>${words().cancel}</button></div>
    </form>`;
  }

  private async open(kind: DeviceKind, instance: string, values: Record<string, unknown>, kept: readonly string[] = []): Promise<void> {
    this.number += 1;
    this.opened = { kind, instance, values, kept, number: this.number };
    await this.updateComplete;
    this.querySelector("#device")?.scrollIntoView({ block: "nearest" });
    this.querySelector<HTMLElement>("#device-title")?.focus();
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const opened = this.opened;
    const fields = this.querySelector<SchemaForm>("hearth-schema-form");
    const config = fields?.entered();
    if (!opened || !fields || !config) return;
    this.busy = true;
    try {
      const body = { integration: opened.kind.integration, instance: opened.instance, config };
      const device = await post<Connected>("/api/v1/devices", body);
      const { added, changed } = words().devices;
      notify(opened.instance ? changed(called(device)) : added(called(device)));
      this.opened = undefined;
      this.taken(config["host"], config["port"]);
    } catch (error) {
      const shown = error instanceof ApiError && error.field && fields.refuse(error.field, english(error.message));
      if (!shown) notify(explain(error), true);
    } finally {
      this.busy = false;
      void this.asked.again();
    }
  }
}

function address(device: Connected): string {
  const { host, port } = device.config;
  return [host, port].filter((each) => each !== undefined).join(":");
}

/** What people call it, with where it is: there may be several. */
function called(device: Connected): string {
  return [device.name, address(device)].filter(Boolean).join(" ");
}
