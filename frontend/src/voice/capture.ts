/** Runs beside the page, where the browser hands out sound: to 16 kHz, to one channel, to frames as the hub takes them. */
import { Resampler } from "./resampler";

declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const FRAME = 1_280; // 80 ms at 16 kHz

/** Posts { samples: int16 of one frame, level: its root mean square, 0 to 1 }. */
class Capture extends AudioWorkletProcessor {
  private readonly resampler = new Resampler(sampleRate, 16_000);
  private frame = new Int16Array(FRAME);
  private filled = 0;
  private power = 0;

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    if (channels.length) for (const sample of this.resampler.process(mono(channels))) this.take(sample);
    return true;
  }

  private take(sample: number): void {
    this.power += sample * sample;
    this.frame[this.filled] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
    this.filled += 1;
    if (this.filled < FRAME) return;
    const level = Math.sqrt(this.power / FRAME);
    this.port.postMessage({ samples: this.frame.buffer, level }, [this.frame.buffer]);
    this.frame = new Int16Array(FRAME);
    this.filled = this.power = 0;
  }
}

function mono(channels: Float32Array[]): Float32Array {
  const first = channels[0]!;
  if (channels.length === 1) return first;
  return first.map((_, index) => channels.reduce((sum, channel) => sum + channel[index]!, 0) / channels.length);
}

registerProcessor("hearth-capture", Capture);
