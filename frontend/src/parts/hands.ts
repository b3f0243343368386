/** Small drawings of hands, one for each gesture and motion: strokes on a field of 32 by 32. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

type Finger = "index" | "middle" | "ring" | "little";
// Where a finger begins, how high it reaches, and how far it leans when fingers are spread.
const FINGERS: Record<Finger, [number, number, number]> = {
  index: [11.6, 5, -5], middle: [14.9, 3.5, 0], ring: [18.2, 4.5, 4], little: [21.4, 7.5, 9],
};
const PALM = svg`<path d="M10 17v6a5 5 0 0 0 5 5h3.2a4.8 4.8 0 0 0 4.8-4.8V17"/>`;
const THUMB_OUT = svg`<path d="M10 24.5 5.6 19a1.5 1.5 0 0 1 2.3-1.9L10 19.4"/>`;
const THUMB_IN = svg`<path d="M10 19.5h5.6a1.6 1.6 0 0 1 0 3.2H13"/>`;
const RING = svg`<path d="M10 23.5 6.4 17a4.2 4.2 0 0 1 1-5 4.2 4.2 0 0 1 6 .6l1 3.4"/><path d="M11.4 18.2 9.2 15a1 1 0 0 1 1.6-1.1l1.6 2.6"/>`;
const FIST_UP = svg`<path d="M12 15.5 15.4 8V5.4A1.7 1.7 0 0 1 17.1 4a2.3 2.3 0 0 1 2.1 2.5L18.4 13h5a2 2 0 0 1 0 4 2 2 0 0 1 .4 3.9 2 2 0 0 1-.6 3.8 1.9 1.9 0 0 1-1.3 3.3H15a6 6 0 0 1-3-1z"/><path d="M6.5 15H12v13H6.5z"/>`;

function finger(name: Finger, up: boolean, spread: boolean): SVGTemplateResult {
  const [x, top, lean] = FINGERS[name];
  const y = up ? top + 1.6 : 16;
  const path = `M${x - 1.6} 18V${y}a1.6 1.6 0 0 1 3.2 0V18`;
  return svg`<path d=${path} transform=${up && spread ? `rotate(${lean} ${x} 18)` : ""} />`;
}

function hand(up: Finger[], thumb: SVGTemplateResult, spread = false): SVGTemplateResult {
  const all = Object.keys(FINGERS) as Finger[];
  return svg`${all.map((name) => finger(name, up.includes(name), spread))}${PALM}${thumb}`;
}

const ALL: Finger[] = ["index", "middle", "ring", "little"];
const FLAT = svg`<g transform="translate(6.4 7) scale(.6)">${hand(ALL, THUMB_OUT)}</g>`;
const POINTING = svg`<g transform="translate(6.4 10) scale(.6)">${hand(["index"], THUMB_IN)}</g>`;

const HANDS: Record<string, SVGTemplateResult> = {
  open_palm: hand(ALL, THUMB_OUT, true),
  fist: hand([], THUMB_IN),
  point: hand(["index"], THUMB_IN),
  victory: hand(["index", "middle"], THUMB_IN, true),
  three: hand(["index", "middle", "ring"], THUMB_IN),
  four: hand(ALL, THUMB_IN),
  thumb_up: FIST_UP,
  thumb_down: svg`<g transform="matrix(1 0 0 -1 0 32)">${FIST_UP}</g>`,
  ok: svg`${(["middle", "ring", "little"] as Finger[]).map((name) => finger(name, true, true))}<path d="M10 23.5a5 5 0 0 0 5 4.5h3.2a4.8 4.8 0 0 0 4.8-4.8V17"/>${RING}`,
  rock: hand(["index", "little"], THUMB_IN),
  call: hand(["little"], THUMB_OUT, true),
  swipe_left: svg`${FLAT}<path d="M27 28H5m4-3.5L5 28l4 3.5"/>`,
  swipe_right: svg`${FLAT}<path d="M5 28h22m-4-3.5 4 3.5-4 3.5"/>`,
  raise: svg`${FLAT}<path d="M28 27V6m-3.5 4L28 6l3.5 4"/>`,
  lower: svg`${FLAT}<path d="M28 6v21m-3.5-4 3.5 4 3.5-4"/>`,
  circle: svg`${POINTING}<path d="M17.6 5.2a5.8 4.2 0 1 1-6.4-.2"/><path d="m8.2 3.6 3.2 1.2-1.4 3"/>`,
};

/** Decoration only: the gesture's name stands beside it. */
export function drawnHand(gesture: string): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true" focusable="false">${HANDS[gesture] ?? HANDS["open_palm"]}</svg>`;
}
