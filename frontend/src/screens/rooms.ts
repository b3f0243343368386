/** The rooms of the home: made, renamed, removed. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { post } from "../api/client";
import type { AreaDetails } from "../api/wire";
import { Asked } from "../home/asked";
import { session } from "../home/session";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { icon } from "../parts/icons";
import { notify } from "../parts/notice";
import { sure } from "../parts/question";
import { words } from "../words";

const EVERY_MS = 15_000;

@customElement("rooms-screen")
export class RoomsScreen extends Watching {
  private readonly asked = new Asked<{ areas: AreaDetails[] }>(this, "/api/v1/areas", "member", () => EVERY_MS);

  protected override render(): TemplateResult {
    const { title, lead, none } = words().rooms;
    const { found, trouble } = this.asked;
    return html`<a class="back" href="#/devices">${icon("back")}${words().nav["devices"]}</a>
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${trouble ? html`<p class="bad">${trouble}</p>` : nothing}
      ${found && !found.areas.length ? html`<p>${none}</p>` : nothing}
      <ul class="cards">${found?.areas.map((area) => this.area(area))}</ul>
      ${session.may("admin") ? this.newRoom(found?.areas ?? []) : nothing}`;
  }

  private area(area: AreaDetails): TemplateResult {
    const { inside, change, changeOf, save, remove } = words().rooms;
    const things = store.home.entities.filter((entity) => entity.area === area.id).length;
    const mine = session.may("admin") && !area.locked;
    const floor = words().floors[area.floor] ?? area.floor;
    return html`<li class="card room-of" data-area=${area.id}>
      <h2>${area.name}</h2>
      <p class="hint">${[floor, inside(things), ...area.aliases].filter(Boolean).join(" · ")}
        ${area.locked ? html`<br>${words().devices.locked}` : nothing}</p>
      ${mine
        ? html`<details><summary aria-label=${changeOf(area.name)}>${change}</summary>
            <form autocomplete="off" @submit=${(event: Event) => this.save(event, area)}>
              ${this.fields(area.id, area)}
              <div class="buttons"><button type="submit" class="strong">${save}</button>
                <button type="button" aria-label=${`${remove}: ${area.name}`} @click=${() => this.takeOut(area)}>${remove}</button></div>
            </form></details>`
        : nothing}
    </li>`;
  }

  private fields(id: string, area?: AreaDetails): TemplateResult {
    const { name, floor, floorHint, aliases, aliasesHint } = words().rooms;
    return html`<label for="name-${id}">${name}</label>
      <input id="name-${id}" name="name" required maxlength="120" .value=${area?.name ?? ""}>
      <label for="floor-${id}">${floor}</label>
      <input id="floor-${id}" name="floor" maxlength="120" list="floors" aria-describedby="floor-hint-${id}" .value=${area?.floor ?? ""}>
      <p id="floor-hint-${id}" class="hint">${floorHint}</p>
      <label for="aliases-${id}">${aliases}</label>
      <input id="aliases-${id}" name="aliases" aria-describedby="aliases-hint-${id}" .value=${area?.aliases.join(", ") ?? ""}>
      <p id="aliases-hint-${id}" class="hint">${aliasesHint}</p>`;
  }

  private newRoom(areas: AreaDetails[]): TemplateResult {
    const { make, makeNow } = words().rooms;
    const floors = [...new Set(areas.map((area) => area.floor).filter(Boolean))];
    return html`<form class="card" autocomplete="off" aria-labelledby="make" @submit=${this.make}>
      <h2 id="make">${make}</h2>
      ${this.fields("new")}
      <datalist id="floors">${floors.map((floor) => html`<option value=${floor}></option>`)}</datalist>
      <button type="submit" class="strong">${makeNow}</button>
    </form>`;
  }

  private async make(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const made = await this.asked.after(() => post<AreaDetails>("/api/v1/areas", entered(form)));
    if (!made) return;
    form.reset();
    notify(words().rooms.made(made.name));
  }

  private async save(event: Event, area: AreaDetails): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const saved = await this.asked.after(() => post<AreaDetails>("/api/v1/areas", { id: area.id, ...entered(form) }));
    if (!saved) return;
    form.closest("details")!.open = false;
    notify(words().rooms.saved(saved.name));
  }

  private async takeOut(area: AreaDetails): Promise<void> {
    if (!(await sure(words().rooms.removeSure(area.name)))) return;
    const gone = await this.asked.after(() => post<AreaDetails>("/api/v1/areas/remove", { id: area.id }));
    if (gone) notify(words().rooms.removed(gone.name));
  }
}

function entered(form: HTMLFormElement): { name: string; floor: string; aliases: string[] } {
  const data = new FormData(form);
  const text = (name: string): string => String(data.get(name)).trim();
  return { name: text("name"), floor: text("floor"), aliases: text("aliases").split(",").map((each) => each.trim()).filter(Boolean) };
}
