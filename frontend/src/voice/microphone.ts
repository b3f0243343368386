/** The browser's microphone. */
import { ask, checkSecure, deviceError } from "../home/having";
import captureUrl from "./capture?worker&url";

export interface Hears {
  /** A frame of int16 samples at 16 kHz, and how loud it is (root mean square, 0 to 1). */
  sound(samples: ArrayBuffer, level: number): void;
  lost(): void;
}

/** An open microphone. Nothing of what it hears is kept: a frame is handed on and forgotten. */
export class Microphone {
  private constructor(
    readonly context: AudioContext,
    private readonly stream: MediaStream,
  ) {}

  /** Ask for it; to be called when somebody has just pressed something. Throws `DeviceError`. */
  static async open(hears: Hears): Promise<Microphone> {
    checkSecure();
    const context = new AudioContext(); // at the rate of the machine: Firefox takes no other
    let stream: MediaStream | undefined;
    try {
      stream = await ask({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
      await context.resume();
      await context.audioWorklet.addModule(captureUrl);
      return new Microphone(context, stream).connected(hears);
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      void context.close();
      throw deviceError(error);
    }
  }

  private connected(hears: Hears): this {
    const capture = new AudioWorkletNode(this.context, "hearth-capture", { numberOfOutputs: 0 });
    capture.port.onmessage = ({ data }: MessageEvent<{ samples: ArrayBuffer; level: number }>) => hears.sound(data.samples, data.level);
    capture.onprocessorerror = () => hears.lost();
    this.stream.getAudioTracks()[0]?.addEventListener("ended", () => hears.lost());
    this.context.createMediaStreamSource(this.stream).connect(capture);
    return this;
  }

  /** Let go of it: the browser's sign that the page listens goes out. */
  close(): void {
    this.stream.getTracks().forEach((track) => track.stop());
    void this.context.close();
  }
}
