/** Plays the hub's replies: sound comes in pieces, and sounds when all of it is there. */
export class Sounding {
  /** Samples that have sounded so far. */
  played = 0;
  private pieces: Int16Array[] = [];
  private missing = 0;
  private rate = 16_000;
  private done = (): void => undefined;
  private source: AudioBufferSourceNode | undefined;

  constructor(private readonly context: AudioContext) {}

  /** Await so many samples; `done` is called when they have sounded. */
  expect(samples: number, rate: number, done: () => void): void {
    this.silence();
    Object.assign(this, { pieces: [], missing: samples, rate, done });
  }

  take(data: ArrayBuffer): void {
    const piece = new Int16Array(data);
    this.pieces.push(piece);
    this.missing -= piece.length;
    if (this.missing <= 0) this.play();
  }

  /** Break off what sounds. */
  silence(): void {
    if (!this.source) return;
    this.source.onended = null;
    this.source.stop();
    this.source = undefined;
  }

  private play(): void {
    const size = this.pieces.reduce((sum, piece) => sum + piece.length, 0);
    const buffer = this.context.createBuffer(1, size, this.rate);
    const channel = buffer.getChannelData(0);
    let at = 0;
    for (const piece of this.pieces) for (const sample of piece) channel[at++] = sample / 32_768;
    this.pieces = [];
    const source = (this.source = this.context.createBufferSource());
    source.buffer = buffer;
    source.connect(this.context.destination);
    source.onended = () => {
      this.source = undefined;
      this.played += size;
      this.done();
    };
    source.start();
  }
}
