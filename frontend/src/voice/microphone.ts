/** The browser's microphone, and why it cannot be had: one cause at a time, each with a step that mends it. */
import captureUrl from "./capture?worker&url";

/**
 * `insecure`: browsers give a microphone only to https and to the machine itself; `denied`: the person or the browser
 * said no; `none`: there is no microphone; `busy`: another program has it; `lost`: it was unplugged; `failed`: else.
 */
export type Cause = "insecure" | "denied" | "none" | "busy" | "lost" | "failed";

export class MicrophoneError extends Error {
  constructor(override readonly cause: Cause) {
    super(cause);
  }
}

const CAUSES: Record<string, Cause> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};

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

  /** Ask for it; to be called when somebody has just pressed something. Throws `MicrophoneError`. */
  static async open(hears: Hears): Promise<Microphone> {
    if (!window.isSecureContext || !navigator.mediaDevices) throw new MicrophoneError("insecure");
    const context = new AudioContext(); // at the rate of the machine: Firefox takes no other
    let stream: MediaStream | undefined;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
      await context.resume();
      await context.audioWorklet.addModule(captureUrl);
      return new Microphone(context, stream).connected(hears);
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      void context.close();
      throw new MicrophoneError(CAUSES[(error as DOMException).name] ?? "failed");
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
