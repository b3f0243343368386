/** The page: where one is, the parts of the home to go to, and whether the hub is there. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Role } from "./api/wire";
import { session } from "./home/session";
import { store } from "./home/store";
import { Watching } from "./home/watching";
import { icon } from "./parts/icons";
import { notify } from "./parts/notice";
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
  room: [() => import("./screens/room"), (id) => html`<room-screen .area=${id}></room-screen>`],
  people: [() => import("./screens/people"), () => html`<people-screen></people-screen>`],
  setup: [() => import("./screens/setup"), () => html`<setup-screen></setup-screen>`],
  login: [() => import("./screens/login"), () => html`<login-screen></login-screen>`],
};
const PARTS = ["home", "voice", "hubs", "learning", "system"] as const;
// Screens that are reached from another.
const WITHIN: Record<string, string> = { entity: "home", room: "home", people: "system" };
const FOR: Record<(typeof PARTS)[number], Role> = {
  home: "guest", voice: "member", hubs: "admin", learning: "member", system: "guest",
};

@customElement("hearth-app")
export class App extends Watching {
  @state() private place: Place | undefined;
  private account: string | undefined;
  private going = 0;
  private readonly go = (): void => void this.arrive();

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("hashchange", this.go);
    session.addEventListener("changed", this.known);
    void session.ask();
  }

  private readonly known = (): void => {
    const account = session.me ? `${session.me.by} ${session.me.account}` : "";
    if (account === this.account) return;
    this.account = account;
    store.stop();
    if (session.me) store.start(!session.may("member"));
    void this.arrive();
  };

  // A stranger comes no further than the door.
  private wanted(): Place {
    const place = here();
    const { me } = session;
    if (!me) return { screen: session.unowned ? "setup" : "login", id: "" };
    const inside = place.screen !== "login" && (place.screen !== "setup" || !me.owned);
    return inside ? place : { screen: "home", id: "" };
  }

  private async arrive(): Promise<void> {
    const place = this.wanted();
    const first = this.place === undefined;
    const [load] = SCREENS[place.screen] ?? SCREENS["home"]!;
    this.going += 1;
    const going = this.going;
    try {
      await load();
    } catch {
      // The hub has a newer page than this one, or is away.
      if (store.live) location.reload();
      else notify(words().errors["offline"] ?? "", true);
      return;
    }
    // Somebody went on while this was fetched.
    if (going !== this.going) return;
    this.place = place;
    await this.updateComplete;
    if (first) return;
    // A reader and the keyboard begin where the new screen begins.
    this.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  protected override updated(): void {
    document.documentElement.lang = language();
    const part = PARTS.find((each) => each === this.place?.screen);
    const name = part && part !== "home" ? words().nav[part] : store.entity(this.place?.id ?? "")?.name;
    document.title = [name, store.home.name || "Hearth"].filter(Boolean).join(" · ");
  }

  protected override render(): TemplateResult {
    const { screen: name, id } = this.place ?? { screen: "", id: "" };
    const [, screen] = SCREENS[name] ?? SCREENS["home"]!;
    return html`
      <a class="skip" href="#content" @click=${this.skip}>${words().skip}</a>
      ${session.me ? this.navigation(name) : nothing}
      <div class="connection" role="status" ?data-lost=${!store.live && store.known}>${this.connection()}</div>
      <main id="content" tabindex="-1">${this.place ? screen(id) : nothing}</main>
      <hearth-notice></hearth-notice>
      <hearth-question></hearth-question>
    `;
  }

  private connection(): string | typeof nothing {
    if (store.live || (session.asked && !session.me)) return nothing;
    return store.known ? words().connection.lost : words().connection.first;
  }

  private navigation(screen: string): TemplateResult {
    const now = WITHIN[screen] ?? screen;
    return html`<nav aria-label=${words().nav.label}>
      <span class="brand" aria-hidden="true">Hearth</span>
      <ul>
        ${PARTS.filter((part) => session.may(FOR[part])).map((part) => html`<li><a href=${`#/${part}`} aria-current=${part === now ? "page" : nothing}>
          ${icon(part)}<span>${words().nav[part]}</span></a></li>`)}
      </ul>
    </nav>`;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.querySelector<HTMLElement>("main")?.focus();
  }
}
