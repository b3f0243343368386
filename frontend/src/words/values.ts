/** A trait's value in a person's words. */
import type { Area, Entity, TraitConfig, Value } from "../api/wire";
import { number } from "./figures";
import { words } from "./index";

type Telling = (value: Value, config: TraitConfig) => string;

const withUnit = (value: Value, unit: string): string => `${number(Number(value))} ${unit}`.trim();

const TELLINGS: Record<string, Telling> = {
  OnOff: (value) => (value ? words().state.on : words().state.off),
  Contact: (value) => (value ? words().state.contactOpen : words().state.contactClosed),
  Presence: (value, config) => {
    const { motion, still, there, nobody } = words().state;
    return config.measures === "motion" ? (value ? motion : still) : value ? there : nobody;
  },
  Level: (value) => withUnit(value, "%"),
  Position: (value) => position(Number(value)),
  Setpoint: (value, config) => withUnit(value, config.unit ?? "°C"),
  Measure: (value, config) => withUnit(value, config.unit ?? ""),
  ColorTemperature: (value) => withUnit(value, "K"),
};

function position(value: number): string {
  const { open, closed, partly } = words().state;
  return value === 0 ? closed : value === 100 ? open : partly(value);
}

export function inWords(trait: string, value: Value, config: TraitConfig = {}): string {
  if (value === null || value === undefined) return words().state.unknown;
  const telling = TELLINGS[trait];
  return telling ? telling(value, config) : (words().values[String(value)] ?? String(value));
}

/** What `Level` means for this kind of thing. */
export function traitName(trait: string, kind: string): string {
  const level = trait === "Level" ? words().levels[kind] : undefined;
  return level ?? words().traits[trait] ?? trait;
}

// What a short line leaves out: a level means nothing while the thing is off.
const SHORT = ["OnOff", "Lock", "Position", "Measure", "Contact", "Presence", "Mode", "Media", "Setpoint", "Text"];

/** An entity's state as one short line; `value` gives what each trait is now. */
export function stateLine(entity: Entity, value: (trait: string) => Value): string {
  if (!entity.available) return words().state.unavailable;
  const on = value("OnOff");
  const parts: string[] = [];
  for (const trait of SHORT) {
    const now = trait in entity.traits ? value(trait) : null;
    if (now === null || (on === false && trait !== "OnOff")) continue;
    const told = inWords(trait, now, entity.config[trait]);
    parts.push(trait === "Setpoint" ? words().state.setTo(told) : told);
  }
  if (on === true && "Level" in entity.traits && value("Level") !== null) parts.push(inWords("Level", value("Level")));
  if (!parts.length && "Press" in entity.traits) return "";
  return parts.join(", ") || words().state.unknown;
}

/** Whether somebody is in a room; nothing is said of a room that nothing tells of. */
export function presence(area: Area): string {
  if (area.presence === null) return "";
  const { none, some, many } = words().presence;
  return !area.presence ? none : (area.people ?? 0) > 1 ? many(area.people ?? 0) : some;
}
