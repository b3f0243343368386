/** The page: where one is, the parts of the home to go to, and whether the hub is there. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { firstSteps } from "./home/first-steps";
import { comingBack } from "./home/restart";
import { session } from "./home/session";
import { store } from "./home/store";
import { Watching } from "./home/watching";
import { icon } from "./parts/icons";
import { notify } from "./parts/notice";
import "./parts/question";
import { partOf, parts, SCREENS } from "./places";
import { here, type Place } from "./router";
import "./screens/home";
import { language, words } from "./words";

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
    if (session.me) store.start();
    void this.arrive();
    if (session.may("admin")) void firstSteps.ask().then((step) => step && this.arrive());
  };

  // A stranger comes no further than the door.
  private wanted(): Place {
    const place = here();
    const { me } = session;
    if (!me) return { screen: session.unowned ? "setup" : "login", id: "" };
    // A home that is not set up yet leads on with that.
    if (place.screen === "home" && firstSteps.step && !firstSteps.later) return { screen: "setup", id: "" };
    // Whoever looks after the home goes on to set up what its owner began.
    const role = place.screen === "setup" ? "admin" : (SCREENS[place.screen]?.role ?? "guest");
    const inside = place.screen !== "login" && session.may(role);
    return inside ? place : { screen: "home", id: "" };
  }

  private async arrive(): Promise<void> {
    const place = this.wanted();
    const first = this.place === undefined;
    const { load } = SCREENS[place.screen] ?? SCREENS["home"]!;
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
    this.toggleAttribute("data-door", !session.me);
    document.documentElement.lang = language();
    const screen = this.place?.screen ?? "home";
    const name = screen === "home" ? "" : (words().nav[screen] ?? store.entity(this.place?.id ?? "")?.name);
    document.title = [name, store.home.name || "Hearth"].filter(Boolean).join(" · ");
  }

  protected override render(): TemplateResult {
    const { screen: name, id } = this.place ?? { screen: "", id: "" };
    const screen = SCREENS[name] ?? SCREENS["home"]!;
    return html`
      <a class="skip" href="#content" @click=${this.skip}>${words().skip}</a>
      ${session.me && screen.from !== "door" ? this.navigation(name) : nothing}
      <div class="connection" role="status" ?data-lost=${comingBack.waits || (!store.live && store.known)}>${this.connection()}</div>
      <main id="content" tabindex="-1">${this.place ? screen.draw(id) : nothing}</main>
      <hearth-notice></hearth-notice>
      <hearth-question></hearth-question>
    `;
  }

  private connection(): TemplateResult | string | typeof nothing {
    if (comingBack.moves) return html`${words().connection.moves} <a href=${comingBack.moves}>${comingBack.moves}</a>`;
    if (comingBack.waits) return comingBack.long ? this.long() : words().connection.again;
    if (store.live || (session.asked && !session.me)) return nothing;
    return store.known ? words().connection.lost : words().connection.first;
  }

  /** What was restored or deleted may have brought the hub another way of being reached, which this page cannot see. */
  private long(): TemplateResult {
    const other = `${location.protocol === "http:" ? "https:" : "http:"}//${location.host}/`;
    return html`${words().connection.long} ${words().connection.perhaps} <a href=${other}>${other}</a>`;
  }

  private navigation(screen: string): TemplateResult {
    const now = partOf(screen);
    const part = (name: string): TemplateResult => {
      // On a phone what stands under "more" is there.
      const here = name === now || (name === "more" && SCREENS[now]?.from === "more");
      return html`<li class=${SCREENS[name]!.from === "more" ? "roomy" : name === "more" ? "narrow" : ""}>
        <a href=${`#/${name}`} aria-current=${here ? "page" : nothing}>${icon(name)}<span>${words().nav[name]}</span></a></li>`;
    };
    return html`<nav aria-label=${words().navigation}>
      <span class="brand" aria-hidden="true">Hearth</span>
      <ul>${parts(["bar", "more"]).map(part)}</ul>
    </nav>`;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.querySelector<HTMLElement>("main")?.focus();
  }
}
