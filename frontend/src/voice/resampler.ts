/**
 * Any sampling rate to another, block by block, as if the sound had come in one piece: a polyphase windowed sinc with a
 * Kaiser window (Smith, "Digital Audio Resampling", CCRMA 1984). The hub's own resampler is the same.
 */
const ZERO_CROSSINGS = 16; // of the sinc, to each side
const KAISER_BETA = 9; // 90 dB down outside the band
const ROLL_OFF = 0.93; // the pass band's end, as a part of the lower Nyquist frequency
const LOWEST = 4_000;
const HIGHEST = 768_000;
const MOST_WEIGHTS = 4_000_000; // more: a rate that no microphone has

export class Resampler {
  private readonly up: number;
  private readonly down: number;
  private readonly taps: number;
  private readonly ahead: number;
  private readonly filters: Float32Array;
  private kept: Float32Array;
  private first: number;
  private next = 0;

  /** Throws `RangeError` for a rate that no microphone has. */
  constructor(source: number, target: number) {
    if (!(source >= LOWEST && source <= HIGHEST)) throw new RangeError(`sound at ${source} Hz`);
    const common = gcd(source, target);
    this.up = target / common;
    this.down = source / common;
    const cutoff = ROLL_OFF * Math.min(1, this.up / this.down);
    const reach = Math.ceil(ZERO_CROSSINGS / cutoff);
    this.taps = 2 * reach + 1;
    if (this.up * this.taps > MOST_WEIGHTS) throw new RangeError(`sound at ${source} Hz`);
    this.ahead = reach;
    this.filters = filters(this.up, reach, cutoff);
    this.kept = new Float32Array(reach);
    this.first = -reach;
  }

  /** The output that `samples`, after all before them, make possible: -1 to 1, as they are. */
  process(samples: Float32Array): Float32Array {
    const data = new Float32Array(this.kept.length + samples.length);
    data.set(this.kept);
    data.set(samples, this.kept.length);
    const last = this.first + data.length - 1 - this.ahead; // the newest input whose neighbours are all here
    const count = Math.max(0, Math.floor((last * this.up + this.up - 1) / this.down) - this.next + 1);
    const out = new Float32Array(count);
    for (let index = 0; index < count; index += 1) {
      const moment = (this.next + index) * this.down;
      const start = Math.floor(moment / this.up) - this.ahead - this.first;
      const row = (moment % this.up) * this.taps;
      let sum = 0;
      for (let tap = 0; tap < this.taps; tap += 1) sum += data[start + tap]! * this.filters[row + tap]!;
      out[index] = sum;
    }
    this.next += count;
    const drop = Math.max(0, Math.floor((this.next * this.down) / this.up) - this.ahead - this.first);
    this.kept = data.slice(drop);
    this.first += drop;
    return out;
  }
}

/** For each phase the taps that weigh the input around an output sample, the earliest first. */
function filters(up: number, reach: number, cutoff: number): Float32Array {
  const taps = 2 * reach + 1;
  const made = new Float32Array(up * taps);
  for (let phase = 0; phase < up; phase += 1) {
    const row = new Float64Array(taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const offset = tap - reach - phase / up;
      const edge = Math.max(0, 1 - (offset / (reach + 1)) ** 2);
      row[tap] = sinc(cutoff * offset) * bessel(KAISER_BETA * Math.sqrt(edge));
      sum += row[tap]!;
    }
    for (let tap = 0; tap < taps; tap += 1) made[phase * taps + tap] = row[tap]! / sum;
  }
  return made;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The modified Bessel function of the first kind and order 0. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a: number, b: number): number {
  return b ? gcd(b, a % b) : a;
}
