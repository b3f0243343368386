/** A hand as lines between its 21 joints, which are in MediaPipe's order. */
import { svg, type SVGTemplateResult } from "lit";

const BONES = [
  [0, 1, 2, 3, 4], [0, 5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16], [0, 17, 18, 19, 20], [5, 9, 13, 17],
];
/** The height of a picture in the units of its drawing. */
export const HEIGHT = 100;

/** `points` are x and y in turn, fractions of the picture; `aspect` is its width divided by its height. */
export function skeleton(points: number[], aspect: number): SVGTemplateResult {
  const place = (joint: number): string => {
    const [x = 0, y = 0] = points.slice(2 * joint, 2 * joint + 2);
    return `${(x * HEIGHT * aspect).toFixed(1)} ${(y * HEIGHT).toFixed(1)}`;
  };
  const bones = BONES.map((joints) => `M${joints.map(place).join("L")}`).join("");
  // A line of no length with a round end is a dot.
  const joints = Array.from({ length: points.length / 2 }, (_, joint) => `M${place(joint)}h0`).join("");
  return svg`<path class="bones" d=${bones}></path><path class="joints" d=${joints}></path>`;
}
