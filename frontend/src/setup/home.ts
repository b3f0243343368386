/** What the home is called, and its rooms. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { post } from "../api/client";
import { store } from "../home/store";
import { words } from "../words";
import { SetupStep } from "./step";

const NAME = "home.name";

@customElement("setup-home")
export class HomeStep extends SetupStep {
  protected readonly step = "home";
  /** Rooms that were typed here, and which of these and the suggested ones are wanted. */
  @state() private own: string[] = [];
  @state() private wanted: string[] = [];

  protected override render(): TemplateResult {
    const { homeTitle, homeLead, homeName, roomsTitle, roomsHint, roomOwn, roomAdd } = words().setup;
    const setting = this.setting(NAME);
    return html`<h1>${homeTitle}</h1>
      <p class="lead">${homeLead}</p>
      <form class="card" @submit=${this.submit}>
        <label for="home-name">${homeName}</label>
        <input id="home-name" name="name" maxlength="100" required autocomplete="off" ?disabled=${setting?.locked ?? true}
          .value=${setting && setting.value !== setting.default ? String(setting.value) : words().home.title}>
        ${this.lock(NAME)}
        <fieldset class="rooms-wanted">
          <legend>${roomsTitle}</legend>
          <p class="hint">${roomsHint}</p>
          ${store.home.areas.map((area) => html`<label><input type="checkbox" checked disabled> ${area.name}</label>`)}
          ${this.choices().map((room) => html`<label><input type="checkbox" .checked=${this.wanted.includes(room)}
            @change=${(event: Event) => this.want(room, (event.target as HTMLInputElement).checked)}> ${room}</label>`)}
        </fieldset>
        <label for="own-room">${roomOwn}</label>
        <div class="line">
          <input id="own-room" maxlength="60" autocomplete="off" @keydown=${this.typed}>
          <button type="button" @click=${this.add}>${roomAdd}</button>
        </div>
        ${this.ways()}
      </form>`;
  }

  /** Rooms to choose from that the home has not. */
  private choices(): string[] {
    const there = store.home.areas.map((area) => area.name.toLowerCase());
    return [...new Set([...words().setup.rooms, ...this.own])].filter((room) => !there.includes(room.toLowerCase()));
  }

  private want(room: string, wanted: boolean): void {
    this.wanted = wanted ? [...this.wanted, room] : this.wanted.filter((each) => each !== room);
  }

  // Enter in this field adds the room and does not leave the step.
  private readonly typed = (event: KeyboardEvent): void => {
    const field = event.target as HTMLInputElement;
    if (event.key !== "Enter" || !field.value.trim()) return;
    event.preventDefault();
    this.add();
  };

  private readonly add = (): void => {
    const field = this.querySelector<HTMLInputElement>("#own-room");
    const typed = field?.value.trim().replace(/\s+/g, " ") ?? "";
    if (!field || !typed) return;
    const known = this.choices().find((each) => each.toLowerCase() === typed.toLowerCase());
    const room = known ?? typed;
    if (!known) this.own = [...this.own, room];
    if (!this.wanted.includes(room)) this.want(room, true);
    field.value = "";
    field.focus();
  };

  protected override async keep(form: FormData): Promise<void> {
    // What stands in the field was meant, though nobody pressed "add".
    this.add();
    const name = form.get("name");
    if (name !== null) await this.change({ [NAME]: String(name).trim() });
    for (const room of this.choices().filter((each) => this.wanted.includes(each))) {
      await post("/api/v1/areas", { name: room });
      this.want(room, false);
    }
  }

  protected override updated(): void {
    // Another language offers its own words for rooms.
    const offered = this.choices();
    if (this.wanted.some((room) => !offered.includes(room))) this.wanted = this.wanted.filter((room) => offered.includes(room));
  }
}

