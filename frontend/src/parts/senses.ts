/** Every microphone and camera with its switch. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { post } from "../api/client";
import type { Entity } from "../api/wire";
import type { CameraState, Microphone, Privacy } from "../api/upkeep";
import { act } from "../home/acting";
import { session } from "../home/session";
import { store } from "../home/store";
import { words } from "../words";
import "./allow-hands";
import { icon } from "./icons";
import { explain, notify } from "./notice";

export function senses({ microphones, cameras, landmarks }: Privacy, again: () => void): TemplateResult {
  const { senses: title, promise, noMicrophones, noCameras } = words().privacy;
  return html`<section class="card" aria-labelledby="senses">
    <h2 id="senses">${title}</h2>
    <ul class="plain">
      ${microphones.length ? microphones.map((each) => microphone(each, again)) : none("microphone", noMicrophones)}
      ${cameras.length ? cameras.map((each) => camera(each)) : none("camera", noCameras)}
      ${cameras.length ? hands(landmarks, again) : nothing}
    </ul>
    <p class="hint">${promise}</p>
  </section>`;
}

function none(what: "microphone" | "camera", text: string): TemplateResult {
  const { microphones, cameras } = words().privacy;
  return row(what, false, what === "camera" ? cameras : microphones, text, html``);
}

function row(drawing: string, on: boolean, name: string | TemplateResult, told: string, control: TemplateResult): TemplateResult {
  return html`<li class=${on ? "thing on" : "thing"}><span class="badge">${icon(drawing)}</span>
    <span><span class="name">${name}</span><span class="state">${told}</span></span><span class="main">${control}</span></li>`;
}

function microphone(each: Microphone, again: () => void): TemplateResult {
  const { places, silent, ready, nowOpen, listenTo } = words().privacy;
  const place = places[each.place] ?? each.place;
  const name = each.place === "satellite" && each.name ? each.name : place;
  const told = [each.on ? ready : silent, store.area(each.area)?.name, each.listening && each.on ? nowOpen(each.listening) : ""];
  const turn = async (event: Event): Promise<void> => {
    const on = (event.target as HTMLInputElement).checked;
    // Shown at once; what the hub says when asked again is what counts.
    each.on = on;
    try {
      await post<Microphone>("/api/v1/privacy/microphone", { entity: each.entity, on });
    } catch (error) {
      notify(explain(error), true);
    }
    again();
  };
  return row("microphone", each.on, name, told.filter(Boolean).join(" · "), html`<input type="checkbox" role="switch" class="switch"
    data-microphone=${each.entity} aria-label=${listenTo(name)} .checked=${live(each.on)} @change=${turn}>`);
}

function hands(landmarks: boolean, again: () => void): TemplateResult {
  const { title, drawnNow, drawnNot } = words().drawn;
  return row("gestures", landmarks, html`<a href="#/gestures">${title}</a>`, landmarks ? drawnNow : drawnNot,
    session.may("admin") ? html`<hearth-allow-hands .allowed=${landmarks} @turned=${again}></hearth-allow-hands>` : html``);
}

// A camera is a thing of the home: its switch is that thing's.
function camera({ entity, pages }: CameraState): TemplateResult {
  const { closed, notKnown, lookThrough } = words().privacy;
  const found = store.entity(entity);
  if (!found) return html``;
  const on = store.value(found, "OnOff");
  const told = [on === true ? looking(found, pages) : on === false ? closed : notKnown, store.area(found.area)?.name];
  return row("camera", on === true, html`<a href=${`#/entity/${entity}`}>${found.name}</a>`, told.filter(Boolean).join(" · "),
    html`<input type="checkbox" role="switch" class="switch" aria-label=${lookThrough(found.name)} ?disabled=${!found.available}
      .checked=${live(on === true)} @change=${(event: Event) => act(found, "OnOff", (event.target as HTMLInputElement).checked)}>`);
}

function looking(camera: Entity, pages: number | null): string {
  const { looks, showing, elsewhere } = words().privacy;
  if (camera.device_class !== "browser") return looks;
  return pages === null ? elsewhere : showing(pages);
}
