/** What a person moves to tell a thing what to do: native elements, one for each trait. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { ref } from "lit/directives/ref.js";
import type { Entity, Value } from "../api/wire";
import { act } from "../home/acting";
import { store } from "../home/store";
import { words } from "../words";
import { inWords, traitName } from "../words/values";

type Control = (entity: Entity, trait: string) => TemplateResult | typeof nothing;

const LIMITS: Record<string, [number, number, number]> = {
  Level: [0, 100, 1],
  Position: [0, 100, 1],
  ColorTemperature: [2000, 6500, 100],
  Setpoint: [5, 35, 0.5],
};

function limits(entity: Entity, trait: string): [number, number, number] {
  const [least, most, step] = LIMITS[trait] ?? [0, 100, 1];
  const config = entity.config[trait] ?? {};
  return [config.min ?? least, config.max ?? most, config.step ?? step];
}

function label(entity: Entity, action: string): string {
  return `${action}: ${entity.name}`;
}

function button(entity: Entity, trait: string, action: string, value: Value): TemplateResult {
  return html`<button type="button" aria-label=${label(entity, action)} ?disabled=${!entity.available}
    @click=${() => act(entity, trait, value)}>${action}</button>`;
}

export const toggle: Control = (entity, trait) =>
  html`<input type="checkbox" role="switch" class="switch" aria-label=${entity.name} ?disabled=${!entity.available}
    .checked=${live(store.value(entity, trait) === true)}
    @change=${(event: Event) => act(entity, trait, (event.target as HTMLInputElement).checked)}>`;

export const slider: Control = (entity, trait) => {
  const [min, max, step] = limits(entity, trait);
  const now = Number(store.value(entity, trait) ?? min);
  const fill = (value: number): string => `${(100 * (value - min)) / (max - min)}%`;
  const show = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    input.style.setProperty("--fill", fill(Number(input.value)));
    input.setAttribute("aria-valuetext", inWords(trait, Number(input.value), entity.config[trait]));
  };
  return html`<input type="range" class=${`slider ${trait}`} min=${min} max=${max} step=${step} .value=${live(String(now))}
    ${ref((input) => (input as HTMLElement | undefined)?.style.setProperty("--fill", fill(now)))} ?disabled=${!entity.available}
    aria-label=${`${traitName(trait, entity.kind)}: ${entity.name}`}
    aria-valuetext=${inWords(trait, now, entity.config[trait])}
    @input=${show} @change=${(event: Event) => act(entity, trait, Number((event.target as HTMLInputElement).value))}>`;
};

export const stepper: Control = (entity, trait) => {
  const [min, max, step] = limits(entity, trait);
  const now = Number(store.value(entity, trait) ?? min);
  const by = (change: number): number => Math.min(max, Math.max(min, Math.round((now + change) * 100) / 100));
  const { less, more } = words().actions;
  const way = (action: string, sign: string, value: number): TemplateResult =>
    html`<button type="button" class="round" aria-label=${label(entity, action)} ?disabled=${!entity.available || value === now}
      @click=${() => act(entity, trait, value)}>${sign}</button>`;
  return html`<span class="stepper">${way(less, "−", by(-step))}
    <output>${inWords(trait, store.value(entity, trait), entity.config[trait])}</output>${way(more, "+", by(step))}</span>`;
};

export const locker: Control = (entity, trait) => {
  const { lock, unlock } = words().actions;
  const locked = store.value(entity, trait) === "locked";
  return locked ? button(entity, trait, unlock, "unlocked") : button(entity, trait, lock, "locked");
};

export const opener: Control = (entity, trait) => {
  const { open, close } = words().actions;
  const now = store.value(entity, trait);
  return html`<span class="pair">${now === 100 ? nothing : button(entity, trait, open, 100)}
    ${now === 0 ? nothing : button(entity, trait, close, 0)}</span>`;
};

export const player: Control = (entity, trait) => {
  const { play, pause } = words().actions;
  const playing = store.value(entity, trait) === "playing";
  return playing ? button(entity, trait, pause, "paused") : button(entity, trait, play, "playing");
};

export const starter: Control = (entity, trait) => button(entity, trait, words().actions.start, "pressed");

export const chooser: Control = (entity, trait) => {
  const options = entity.config[trait]?.options ?? [];
  const now = String(store.value(entity, trait));
  return html`<select aria-label=${`${traitName(trait, entity.kind)}: ${entity.name}`} ?disabled=${!entity.available}
    .value=${live(now)} @change=${(event: Event) => act(entity, trait, (event.target as HTMLSelectElement).value)}>
    ${options.map((each) => html`<option value=${each} ?selected=${each === now}>${inWords(trait, each)}</option>`)}
  </select>`;
};

export const painter: Control = (entity, trait) =>
  html`<input type="color" aria-label=${`${traitName(trait, entity.kind)}: ${entity.name}`} ?disabled=${!entity.available}
    .value=${live(String(store.value(entity, trait) ?? "#ffd9a0"))}
    @change=${(event: Event) => act(entity, trait, (event.target as HTMLInputElement).value)}>`;

/** The control of every trait that takes commands. */
export const CONTROLS: Record<string, Control> = {
  OnOff: toggle,
  Level: slider,
  Color: painter,
  ColorTemperature: slider,
  Position: slider,
  Setpoint: stepper,
  Mode: chooser,
  Lock: locker,
  Media: player,
  Press: starter,
};
