/** Opening the page to other devices of the home: what that takes, the address, and what a phone asks about the certificate. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { post } from "../api/client";
import type { Addresses, PageAddresses, Setting, Settings } from "../api/wire";
import { Asked } from "../home/asked";
import { comingBack, restart } from "../home/restart";
import { session } from "../home/session";
import { words } from "../words";
import "./qr";
import { Working } from "./working";

const EVERY_MS = 60_000;
const OPEN: Record<string, unknown> = { "web.host": "0.0.0.0", "web.tls": true };

@customElement("hearth-phone")
export class Phone extends Working {
  private readonly settings = new Asked<Settings>(this, "/api/v1/settings", "admin", () => EVERY_MS);
  private readonly addresses = new Asked<Addresses>(this, "/api/v1/addresses", "admin", () => EVERY_MS);

  protected override render(): TemplateResult | typeof nothing {
    const { found } = this.addresses;
    if (!found || !this.settings.found) return nothing;
    return html`<section class="card" aria-labelledby="phone">
      <h2 id="phone">${words().settings.phone.title}</h2>
      ${found.next.open ? this.open(found) : this.shut(found)}
      <p class="bad" role="alert">${this.trouble || nothing}</p>
    </section>`;
  }

  private shut({ now }: Addresses): TemplateResult {
    const { shut, open, owner, locked, closes } = words().settings.phone;
    if (now.open) return html`<p>${closes}</p>${this.begin()}`;
    if (this.locked()) return html`<p>${locked}</p>`;
    if (!session.me?.owned) return html`<p>${owner}</p>`;
    return html`<p>${shut}</p><button type="button" ?disabled=${this.busy} @click=${() => this.set(true)}>${open}</button>`;
  }

  private open({ now, next }: Addresses): TemplateResult {
    const { waits, close } = words().settings.phone;
    return html`${now.open ? nothing : html`<p>${waits}</p>`}
      ${steps(next)}
      <div class="buttons ways">
        ${this.locked() ? nothing : html`<button type="button" class="later" ?disabled=${this.busy} @click=${() => this.set(false)}>${close}</button>`}
        ${now.open ? nothing : this.begin()}
      </div>`;
  }

  private begin(): TemplateResult {
    return html`<button type="button" class="strong" ?disabled=${this.busy || comingBack.waits} @click=${() => this.doing(restart)}>
      ${words().settings.now}</button>`;
  }

  private setting(key: string): Setting | undefined {
    return this.settings.found?.settings.find((each) => each.key === key);
  }

  private locked(): boolean {
    return this.setting("web.host")?.locked ?? true;
  }

  private set(open: boolean): Promise<void> {
    const free = Object.keys(OPEN).filter((key) => this.setting(key)?.locked === false);
    const changes = Object.fromEntries(free.map((key) => [key, open ? OPEN[key] : null]));
    return this.doing(async () => {
      this.settings.found = await post<Settings>("/api/v1/settings", { changes });
      await this.addresses.again();
    });
  }
}

function steps({ elsewhere, authority }: PageAddresses): TemplateResult {
  const { address, or, scan, code, warns, trust, authority: where, logIn } = words().settings.phone;
  return html`<ol class="steps">
    ${elsewhere.length ? html`<li>${address} ${elsewhere.map((url, at) => html`${at ? html` ${or} ` : nothing}<a href=${url}>${url}</a>`)}
      <p class="hint">${scan}</p><hearth-qr .text=${elsewhere[0]} .label=${code(elsewhere[0]!)}></hearth-qr></li>` : nothing}
    ${authority ? html`<li>${warns}</li><li>${trust} ${where} <a href=${authority}>${authority}</a></li>` : nothing}
    <li>${logIn}</li>
  </ol>`;
}
