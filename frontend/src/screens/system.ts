/** How the hub is, and what it hears, sees and keeps, as far as it tells. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { Health, Hubs, Kind } from "../api/wire";
import { Asked } from "../home/asked";
import { Figures } from "../home/figures";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { languages } from "../parts/languages";
import "../parts/you";
import { words } from "../words";
import { duration, number, size } from "../words/figures";

const EVERY_MS = 5000;
type Fact = [string, string | TemplateResult | undefined];

@customElement("system-screen")
export class SystemScreen extends Watching {
  private readonly health = new Asked<Health>(this, "/healthz", "guest", () => EVERY_MS);
  private readonly learning = new Asked<{ kinds: Kind[] }>(this, "/api/v1/learning", "member", () => 4 * EVERY_MS);
  private readonly hubs = new Asked<Hubs>(this, "/api/v1/peers", "admin", () => 4 * EVERY_MS);
  private readonly figures = new Figures(this, EVERY_MS);

  protected override render(): TemplateResult {
    return html`<h1>${words().system.title}</h1>
      <div class="columns"><div>${this.privacy()}<hearth-you></hearth-you></div><div>${this.wellbeing()}${this.languages()}</div></div>`;
  }

  private privacy(): TemplateResult {
    const { privacy, promise, microphone, listening, deaf, cameras, learnt, others } = words().system;
    const kept = this.learning.found?.kinds.filter((kind) => kind.examples) ?? [];
    const peers = this.hubs.found?.peers.filter((peer) => !peer.here) ?? [];
    const examples = kept.map((kind) => html`<li>${words().learning.kinds[kind.kind] ?? kind.kind}: ${words().learning.kept(kind.examples, size(kind.bytes))}</li>`);
    return html`<section class="card" aria-labelledby="privacy">
      <h2 id="privacy">${privacy}</h2>
      ${facts([
        [microphone, this.health.found && (this.health.found.listening ? listening : deaf)],
        [cameras, this.cameras()],
        [learnt, this.learning.found && (examples.length ? html`<ul class="plain">${examples}</ul>` : words().learning.none)],
        [others, this.hubs.found && String(peers.length)],
      ])}
      <p class="hint">${promise}</p>
    </section>`;
  }

  private cameras(): TemplateResult | string {
    const { noCameras, cameraOn, cameraOff } = words().system;
    const found = store.home.entities.filter((entity) => entity.kind === "camera");
    if (!found.length) return noCameras;
    const told = (on: unknown): string => (on === true ? cameraOn : cameraOff);
    return html`<ul class="plain">${found.map((camera) => html`<li>
      <a href=${`#/entity/${camera.entity}`}>${camera.name}</a>: ${told(store.value(camera, "OnOff"))}</li>`)}</ul>`;
  }

  private wellbeing(): TemplateResult {
    const { health: title, status, version, uptime, memory, written, waiting, pages, problems } = words().system;
    const { found, trouble } = this.health;
    const figure = (name: string, told: (value: number) => string): string | undefined => {
      const value = this.figures.found.get(name);
      return value === undefined ? undefined : told(value);
    };
    const wrong = Object.entries(found?.problems ?? {});
    return html`<section class="card" aria-labelledby="health">
      <h2 id="health">${title}</h2>
      ${trouble ? html`<p class="bad">${trouble}</p>` : nothing}
      ${found ? html`<p class=${`status ${found.status}`}>${status[found.status] ?? found.status}</p>` : nothing}
      ${wrong.length
        ? html`<h3>${problems}</h3><ul class="plain">${wrong.map(([what, why]) => html`<li><strong>${what}</strong>: ${why}</li>`)}</ul>`
        : nothing}
      ${facts([
        [version, found?.version],
        [uptime, found && duration(found.uptime_s)],
        [memory, figure("process_resident_memory_bytes", size)],
        [written, figure("hearth_history_rows_written", number)],
        [waiting, figure("hearth_history_rows_waiting", number)],
        [pages, figure("hearth_live_clients", number)],
      ])}
      ${location.protocol === "https:" ? html`<p><a href="/ca.crt" download>${words().system.trust}</a></p>` : nothing}
    </section>`;
  }

  private languages(): TemplateResult {
    return html`<section class="card" aria-labelledby="look"><h2 id="look">${words().system.look}</h2>${languages()}</section>`;
  }
}

function facts(known: Fact[]): TemplateResult {
  return html`<dl>${known.map(([term, what]) => (what ? html`<div><dt>${term}</dt><dd>${what}</dd></div>` : nothing))}</dl>`;
}
