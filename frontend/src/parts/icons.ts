/** The page's own small drawings: strokes on a field of 24 by 24. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

const DRAWINGS: Record<string, SVGTemplateResult> = {
  home: svg`<path d="M4 11.5 12 5l8 6.5V19a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1z"/><path d="M10 20v-5h4v5"/>`,
  voice: svg`<path d="M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v8a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 4v-4h-1A1.5 1.5 0 0 1 4 14.5z"/><path d="M8 9.5h8M8 12.5h5"/>`,
  gestures: svg`<path d="M8 13V6.2a1.2 1.2 0 0 1 2.4 0V11V4.7a1.2 1.2 0 0 1 2.4 0V11V5.7a1.2 1.2 0 0 1 2.4 0V12V8.2a1.2 1.2 0 0 1 2.4 0v6.3a5.5 5.5 0 0 1-5.5 5.5h-.6a6 6 0 0 1-4.7-2.3L4 13.4a1.3 1.3 0 0 1 2-1.6z"/>`,
  skills: svg`<path d="M10 6.5a2 2 0 1 1 4 0V8h3a1 1 0 0 1 1 1v3h-1.5a2 2 0 1 0 0 4H18v3a1 1 0 0 1-1 1h-3v-1.5a2 2 0 1 0-4 0V20H7a1 1 0 0 1-1-1v-3H4.500a2 2 0 1 1 0-4H6V9a1 1 0 0 1 1-1h3z"/>`,
  microphone: svg`<rect x="9" y="3.5" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v2.5"/>`,
  devices: svg`<rect x="4" y="4" width="7" height="7" rx="2"/><rect x="13" y="4" width="7" height="7" rx="2"/><rect x="4" y="13" width="7" height="7" rx="2"/><path d="M16.5 13.5v6M13.5 16.5h6"/>`,
  rooms: svg`<rect x="4" y="4" width="16" height="16" rx="2"/><path d="M4 13h5M12.5 13H20M12.5 4v4.5M12.5 13v7"/>`,
  hubs: svg`<circle cx="7" cy="8" r="3"/><circle cx="17.5" cy="10" r="2.5"/><circle cx="10.5" cy="18" r="2.5"/><path d="m9.9 8.6 5.1.9M8.1 10.8l1.6 4.8M16 12l-3.8 4.2"/>`,
  learning: svg`<path d="M12 20v-8"/><path d="M12 13c-4.5 0-6.5-2.5-6.5-7C10 6 12 8.5 12 13z"/><path d="M12 15.5c0-3.5 2-5.5 6.5-5.5 0 3.5-2.5 5.5-6.5 5.5z"/>`,
  settings: svg`<path d="M4 7h9M17 7h3M4 17h3M11 17h9M4 12h3M11 12h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/><circle cx="9" cy="12" r="2"/>`,
  privacy: svg`<path d="M12 4 5.5 6.5V12c0 4 2.7 6.6 6.5 8 3.8-1.4 6.5-4 6.5-8V6.5z"/><path d="m9.2 12 2 2 3.8-4"/>`,
  system: svg`<circle cx="12" cy="12" r="3"/><path d="M12 4.5v2M12 17.5v2M4.5 12h2M17.5 12h2M6.7 6.7l1.4 1.4M15.9 15.9l1.4 1.4M6.7 17.3l1.4-1.4M15.9 8.1l1.4-1.4"/>`,
  more: svg`<circle cx="5.5" cy="12" r="1.3"/><circle cx="12" cy="12" r="1.3"/><circle cx="18.5" cy="12" r="1.3"/>`,
  light: svg`<path d="M9 15.5c-1.8-1.2-2.8-3-2.8-5a5.8 5.8 0 0 1 11.6 0c0 2-1 3.8-2.8 5V17H9z"/><path d="M10 20h4"/>`,
  switch: svg`<path d="M8 4v4M16 4v4"/><path d="M6 8h12v3a6 6 0 0 1-12 0z"/><path d="M12 17v3"/>`,
  cover: svg`<path d="M4 5h16M6 5v10M18 5v10M6 8.5h12M6 12h12M6 15h12M12 15v4"/>`,
  garage: svg`<path d="M4 20V9l8-4 8 4v11"/><path d="M7.5 20v-8h9v8M7.5 14.7h9M7.5 17.4h9"/>`,
  climate: svg`<path d="M10 13.5V6a2 2 0 1 1 4 0v7.5a4 4 0 1 1-4 0z"/><path d="M12 10v6.5"/>`,
  fan: svg`<circle cx="12" cy="12" r="1.7"/><path d="M12 10.3c-2.5-2-2.5-6 .5-6.3 3-.2 2.5 4 .6 6.7M13.5 13c3 1.2 5 4.7 2.7 6.5-2.4 1.7-4.5-2-5.3-5M10.4 12.8c-3 .6-6.7-.9-6.2-3.8.6-2.8 4.7-1.7 6.8.5"/>`,
  lock: svg`<rect x="6" y="11" width="12" height="9" rx="2"/><path d="M8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2"/>`,
  unlock: svg`<rect x="6" y="11" width="12" height="9" rx="2"/><path d="M8.5 11V8a3.5 3.5 0 0 1 6.7-1.4M12 14.5v2"/>`,
  media_player: svg`<rect x="3.5" y="6" width="17" height="11" rx="2"/><path d="M8.5 20h7"/>`,
  vacuum: svg`<circle cx="12" cy="12" r="8"/><path d="M6 7.5c3.5 2 8.5 2 12 0"/><circle cx="12" cy="13.5" r="1.5"/>`,
  camera: svg`<rect x="4" y="7" width="11" height="10" rx="2"/><path d="m15 11 5-3v8l-5-3"/>`,
  sensor: svg`<path d="M5 16.5a8 8 0 1 1 14 0"/><path d="m12 14.5 3.5-4.5"/><circle cx="12" cy="15" r="1"/>`,
  binary_sensor: svg`<circle cx="12" cy="12" r="1.7"/><path d="M8.3 15.7a5.2 5.2 0 0 1 0-7.4M15.7 8.3a5.2 5.2 0 0 1 0 7.4M5.6 18.4a9 9 0 0 1 0-12.8M18.4 5.6a9 9 0 0 1 0 12.8"/>`,
  scene: svg`<path d="M12 4c.7 4 2 5.3 6 6-4 .7-5.3 2-6 6-.7-4-2-5.3-6-6 4-.7 5.3-2 6-6z"/><path d="M18 16c.3 1.5.8 2 2.2 2.2-1.4.3-1.9.8-2.2 2.3-.3-1.5-.8-2-2.2-2.3 1.4-.2 1.9-.7 2.2-2.2z"/>`,
  timer: svg`<circle cx="12" cy="13" r="7"/><path d="M12 9.5V13l2.5 1.5M10 3.5h4"/>`,
  back: svg`<path d="M14.5 6 8.5 12l6 6"/>`,
  thing: svg`<rect x="6" y="6" width="12" height="12" rx="3"/><path d="M10 12h4"/>`,
};

/** Decoration only: what it shows also stands beside it in words. */
export function icon(name: string): TemplateResult {
  const drawing = DRAWINGS[name] ?? DRAWINGS["thing"];
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${drawing}</svg>`;
}

/** The drawing that fits a thing as it is now. */
export function iconOf(kind: string, deviceClass: string, lock: unknown): TemplateResult {
  if (kind === "lock" && lock === "unlocked") return icon("unlock");
  if (kind === "cover" && deviceClass === "garage") return icon("garage");
  if (deviceClass === "temperature") return icon("climate");
  return icon(kind);
}
