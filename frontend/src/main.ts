/** The page: where one is, the parts of the home to go to, and whether the hub is there. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { store } from "./home/store";
import { Watching } from "./home/watching";
import { icon } from "./parts/icons";
import "./parts/notice";
import "./parts/question";
import { here, type Place } from "./router";
import "./screens/home";
import { language, words } from "./words";

// What is not seen first is fetched when it is gone to.
const SCREENS: Record<string, [() => Promise<unknown>, (id: string) => TemplateResult]> = {
  home: [() => Promise.resolve(), () => html`<home-screen></home-screen>`],
  entity: [() => import("./screens/entity"), (id) => html`<entity-screen .entity=${id}></entity-screen>`],
  voice: [() => import("./screens/voice"), () => html`<voice-screen></voice-screen>`],
  hubs: [() => import("./screens/hubs"), () => html`<hubs-screen></hubs-screen>`],
  learning: [() => import("./screens/learning"), () => html`<learning-screen></learning-screen>`],
  system: [() => import("./screens/system"), () => html`<system-screen></system-screen>`],
};
const PARTS = ["home", "voice", "hubs", "learning", "system"] as const;

@customElement("hearth-app")
export class App extends Watching {
  @state() private place: Place = here();
  private readonly go = (): void => void this.arrive();

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("hashchange", this.go);
    void this.arrive(true);
    store.start();
  }

  private async arrive(first = false): Promise<void> {
    const place = here();
    const [load] = SCREENS[place.screen] ?? SCREENS["home"]!;
    await load();
    this.place = place;
    await this.updateComplete;
    if (first) return;
    // A reader and the keyboard begin where the new screen begins.
    this.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  protected override updated(): void {
    document.documentElement.lang = language();
    const part = PARTS.find((each) => each === this.place.screen);
    const name = part && part !== "home" ? words().nav[part] : store.entity(this.place.id)?.name;
    document.title = [name, store.home.name || "Hearth"].filter(Boolean).join(" · ");
  }

  protected override render(): TemplateResult {
    const [, screen] = SCREENS[this.place.screen] ?? SCREENS["home"]!;
    return html`
      <a class="skip" href="#content" @click=${this.skip}>${words().skip}</a>
      ${this.navigation()}
      <div class="connection" role="status" ?data-lost=${!store.live && store.known}>
        ${store.live ? nothing : store.known ? words().connection.lost : words().connection.first}
      </div>
      <main id="content" tabindex="-1">${screen(this.place.id)}</main>
      <hearth-notice></hearth-notice>
      <hearth-question></hearth-question>
    `;
  }

  private navigation(): TemplateResult {
    const now = this.place.screen === "entity" ? "home" : this.place.screen;
    return html`<nav aria-label=${words().nav.label}>
      <span class="brand" aria-hidden="true">Hearth</span>
      <ul>
        ${PARTS.map((part) => html`<li><a href=${`#/${part}`} aria-current=${part === now ? "page" : nothing}>
          ${icon(part)}<span>${words().nav[part]}</span></a></li>`)}
      </ul>
    </nav>`;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.querySelector<HTMLElement>("main")?.focus();
  }
}
