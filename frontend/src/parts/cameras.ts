/** The cameras that the hub looks through: adding one, and taking one out. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { get, post } from "../api/client";
import type { FoundCamera, Setting, Settings } from "../api/wire";
import { Asked } from "../home/asked";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { words } from "../words";
import { icon } from "./icons";
import { explain, notify } from "./notice";
import { sure } from "./question";
import "./take-up";

const EVERY_MS = 60_000;
const NETWORK = "network";

interface Camera {
  name: string;
  source: string;
  area: string;
}

@customElement("hearth-cameras")
export class Cameras extends Watching {
  private readonly asked = new Asked<Settings>(this, "/api/v1/settings", "admin", () => EVERY_MS);
  @state() private plugged: FoundCamera[] | undefined;
  @state() private which = "";
  @state() private busy = false;

  protected override render(): TemplateResult {
    const { title, lead, none, locked, add } = words().cameras;
    const setting = this.setting;
    if (!setting) return html``;
    const cameras = setting.value as Camera[];
    return html`<section class="part" aria-labelledby="cameras">
      <h2 id="cameras">${title}</h2>
      <p class="hint">${lead}</p>
      ${cameras.length
        ? html`<ul class="plain">${cameras.map((each) => this.camera(each, cameras, setting.locked))}</ul>`
        : html`<p>${none}</p>`}
      ${setting.waits ? html`<hearth-take-up .settings=${[setting]}></hearth-take-up>` : nothing}
      ${setting.locked
        ? html`<p class="hint">${locked}</p>`
        : this.plugged ? this.form(cameras, this.plugged) : html`<button type="button" @click=${this.look}>${add}</button>`}
    </section>`;
  }

  private get setting(): Setting | undefined {
    return this.asked.found?.settings.find((each) => each.key === "camera");
  }

  private camera(camera: Camera, all: Camera[], locked: boolean): TemplateResult {
    const { remove } = words().cameras;
    const area = store.home.areas.find((each) => each.id === camera.area)?.name;
    return html`<li class="line-of" data-camera=${camera.name}>
      <span class="badge">${icon("camera")}</span>
      <span><span class="name">${camera.name}</span>
        <span class="hint">${[area, camera.source].filter(Boolean).join(" · ")}</span></span>
      ${locked ? nothing : html`<button type="button" ?disabled=${this.busy} aria-label=${remove(camera.name)}
        @click=${() => this.takeOut(camera, all)}>${words().devices.remove}</button>`}
    </li>`;
  }

  private form(cameras: Camera[], plugged: FoundCamera[]): TemplateResult {
    const say = words().cameras;
    const free = plugged.filter((each) => !cameras.some((camera) => camera.source === each.source));
    return html`<form class="card" id="camera" aria-labelledby="camera-title" autocomplete="off" @submit=${this.submit}>
      <h3 id="camera-title" tabindex="-1">${say.add}</h3>
      <div class="field"><label for="camera-which">${say.which}</label>
        <select id="camera-which" name="which" @change=${(event: Event) => (this.which = (event.target as HTMLSelectElement).value)}>
          ${free.map((each) => html`<option value=${each.source} ?selected=${each.source === this.which}>${say.plugged(each.name, each.source)}</option>`)}
          <option value=${NETWORK} ?selected=${this.which === NETWORK}>${say.network}</option></select></div>
      ${this.which === NETWORK ? this.network() : nothing}
      <div class="field"><label for="camera-name">${say.name}</label>
        <input id="camera-name" name="name" required maxlength="60" aria-describedby="camera-name-hint">
        <p class="hint" id="camera-name-hint">${say.nameHint}</p></div>
      <div class="field"><label for="camera-area">${say.area}</label>
        <select id="camera-area" name="area"><option value="">${words().settings.nowhere}</option>
          ${store.home.areas.map((each) => html`<option value=${each.id}>${each.name}</option>`)}</select></div>
      <div class="field"><label class="tick"><input type="checkbox" name="gestures" checked> ${say.gestures}</label></div>
      <div class="field"><label class="tick"><input type="checkbox" name="people" checked> ${say.people}</label></div>
      <div class="buttons"><button type="submit" class="strong" ?disabled=${this.busy}>${say.save}</button>
        <button type="button" @click=${() => (this.plugged = undefined)}>${words().cancel}</button></div>
    </form>`;
  }

  private network(): TemplateResult {
    const { address, addressHint, user, password } = words().cameras;
    return html`<div class="field"><label for="camera-address">${address}</label>
        <input id="camera-address" name="address" required maxlength="300" spellcheck="false" autocapitalize="none" aria-describedby="camera-address-hint">
        <p class="hint" id="camera-address-hint">${addressHint}</p></div>
      <div class="field"><label for="camera-user">${user}</label><input id="camera-user" name="user" maxlength="100" autocapitalize="none"></div>
      <div class="field"><label for="camera-password">${password}</label>
        <input id="camera-password" name="password" type="password" maxlength="100" autocomplete="off"></div>`;
  }

  private readonly look = async (): Promise<void> => {
    try {
      this.plugged = (await get<{ cameras: FoundCamera[] }>("/api/v1/cameras/found")).cameras;
    } catch (error) {
      return notify(explain(error), true);
    }
    const taken = (this.setting?.value as Camera[] | undefined)?.map((each) => each.source) ?? [];
    this.which = this.plugged.find((each) => !taken.includes(each.source))?.source ?? NETWORK;
    await this.updateComplete;
    this.querySelector<HTMLElement>("#camera-title")?.focus();
  };

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const entered = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => String(entered.get(name) ?? "").trim();
    const camera = {
      name: text("name"),
      source: this.which === NETWORK ? address(text("address"), text("user"), String(entered.get("password") ?? "")) : this.which,
      area: text("area"),
      gestures: entered.has("gestures"),
      people: entered.has("people"),
    };
    if (await this.keep([...((this.setting?.value as Camera[] | undefined) ?? []), camera])) this.plugged = undefined;
  };

  private async takeOut(camera: Camera, all: Camera[]): Promise<void> {
    if (await sure(words().cameras.removeSure(camera.name))) await this.keep(all.filter((each) => each !== camera));
  }

  private async keep(cameras: Camera[]): Promise<boolean> {
    this.busy = true;
    try {
      const changes = { camera: cameras.length ? cameras : null };
      this.asked.found = await post<Settings>("/api/v1/settings", { changes });
      notify(words().cameras.saved);
      return true;
    } catch (error) {
      notify(explain(error), true);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

/** What the setting takes, of what people write: an address with or without `rtsp://`, and who may look. */
function address(written: string, user: string, password: string): string {
  const place = written.replace(/^rtsp:\/\//i, "");
  const who = user || password ? `${encodeURIComponent(user)}:${encodeURIComponent(password)}@` : "";
  return `rtsp://${who}${place}`;
}
