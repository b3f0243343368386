/** Numbers, times and sizes as the language writes them. */
import { locale } from "./index";

export function number(value: number, digits = 1): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/** A time of today as the hour alone, any other with its date. `at` is in seconds since 1970. */
export function moment(at: number): string {
  const date = new Date(at * 1000);
  const today = date.toDateString() === new Date().toDateString();
  const style: Intl.DateTimeFormatOptions = today
    ? { timeStyle: "short" }
    : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(locale(), style).format(date);
}

export function day(at: number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(new Date(at * 1000));
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function size(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const options = { style: "unit", unit: UNITS[unit], unitDisplay: "short", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale(), options).format(value);
}

export function duration(seconds: number): string {
  const parts: [number, string][] = [[86_400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const [length, unit] = parts.find(([each]) => seconds >= each) ?? [1, "second"];
  const options = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(locale(), options).format(Math.floor(seconds / length));
}
