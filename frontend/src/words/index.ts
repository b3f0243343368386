/** The language of the page: the browser's, or the one that was chosen here. */
import { de } from "./de";
import { en, type Words } from "./en";

export const LANGUAGES: Record<string, Words> = { en, de };
const KEY = "hearth-language";
const listeners = new Set<() => void>();
let current = initial();

function initial(): string {
  const chosen = localStorage.getItem(KEY);
  const wished = chosen ? [chosen] : navigator.languages;
  const found = wished.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in LANGUAGES);
  return found ?? "en";
}

/** The words of the language chosen. */
export function words(): Words {
  return LANGUAGES[current] ?? en;
}

export function language(): string {
  return current;
}

/** The language with its region, as the browser's owner writes times and numbers in it. */
export function locale(): string {
  return navigator.languages.find((tag) => tag.slice(0, 2).toLowerCase() === current) ?? current;
}

export function choose(tag: string): void {
  current = tag in LANGUAGES ? tag : "en";
  localStorage.setItem(KEY, current);
  for (const listener of [...listeners]) listener();
}

/** Be told when the language changes; returns what ends it. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
