/** The page as a microphone and a mouth of the home: what it hears goes to the hub, what the hub says sounds here. */
import { DeviceError, deviceError, openSocket, pageName, type Refusal } from "../home/having";
import { Microphone, type Hears } from "./microphone";
import { Sounding } from "./sounding";
import type { Reply, Told, Wish } from "./wire";

/** `waiting` for the wake word, `listening` for words, `hearing` them, `thinking`, `speaking`. */
export type Phase = "off" | "opening" | "waiting" | "listening" | "hearing" | "thinking" | "speaking";

const MOST_UNSENT = 64_000; // bytes, two seconds: what the network does not take in time is left out
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
const THOUGHT_MS = 10_000;
const PUT_OUT = 4401;
// What coming again does not mend.
const FINAL = new Set(["protocol", "not_found", "switched_off"]);

export class Listening extends EventTarget implements Hears {
  phase: Phase = "off";
  wish: Wish = { wake: false, act: true, area: "" };
  words: string[] = [];
  /** What was heard last, what was answered, and why it was not understood. */
  heard = "";
  reply = "";
  missed = "";
  /** Whether the answer sounds; a hub without a voice writes it only. */
  aloud = false;
  /** A microphone's cause, or the hub's own words. */
  trouble: DeviceError | Refusal | null = null;
  /** How loud it is at the microphone, 0 to 1 from silence to as loud as can be. */
  level = 0;
  /** How often the wake word was heard. */
  wakes = 0;
  private readonly page = pageName();
  private microphone: Microphone | undefined;
  private sounding: Sounding | undefined;
  private socket: WebSocket | undefined;
  private timer = 0;
  private wait = FIRST_WAIT_MS;
  private opened = 0;
  private asked = false;

  get on(): boolean {
    return this.phase !== "off";
  }

  /** Samples of the hub's voice that have sounded here. */
  get played(): number {
    return this.sounding?.played ?? 0;
  }

  /** Begin, to be called when somebody has just pressed something; what went on before ends. */
  async start(wish: Wish): Promise<void> {
    this.stop();
    const opening = (this.opened += 1);
    Object.assign(this, { wish, trouble: null, heard: "", reply: "", missed: "", wakes: 0, phase: "opening" });
    this.changed();
    try {
      const microphone = await Microphone.open(this);
      if (opening !== this.opened) return microphone.close();
      this.microphone = microphone;
      this.sounding = new Sounding(microphone.context);
      this.connect();
    } catch (error) {
      if (opening !== this.opened) return;
      this.stop(deviceError(error));
    }
  }

  /** Listen now, without the wake word. */
  talk(): void {
    if (this.phase !== "waiting") return;
    Object.assign(this, { heard: "", reply: "", missed: "" });
    this.asked = this.socket?.readyState !== WebSocket.OPEN; // a turn was just cancelled: once the hub listens again
    this.send({ type: "talk" });
  }

  /** Forget the turn that is on: what is left of it is neither heard nor answered. Listening all the time goes on. */
  cancel(): void {
    if (!this.wish.wake) return this.stop();
    if (!this.on || this.phase === "opening" || this.phase === "waiting") return;
    this.sounding?.silence();
    this.hangUp(); // a new socket begins anew at the hub, and the microphone stays open
    this.is("waiting");
    this.connect();
  }

  /** What was said is all. */
  finish(): void {
    if (this.wish.wake) return;
    this.send({ type: "end" });
  }

  stop(trouble: Listening["trouble"] = null): void {
    this.opened += 1;
    this.hangUp();
    this.sounding?.silence();
    this.microphone?.close();
    this.microphone = undefined;
    Object.assign(this, { trouble, level: 0, phase: "off", asked: false });
    this.changed();
  }

  sound(samples: ArrayBuffer, level: number): void {
    this.level = Math.max(0, Math.min(1, 1 + Math.log10(level + 1e-6) / 3));
    const { socket, phase } = this;
    if (socket?.readyState === WebSocket.OPEN && phase !== "opening" && socket.bufferedAmount < MOST_UNSENT) socket.send(samples);
    this.dispatchEvent(new Event("level"));
  }

  lost(): void {
    this.stop(new DeviceError("lost"));
  }

  private connect(): void {
    const socket = (this.socket = openSocket("/api/v1/listen"));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify({ type: "start", page: this.page, ...this.wish }));
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) =>
      typeof data === "string" ? this.take(JSON.parse(data) as Told) : this.sounding?.take(data);
    socket.onclose = ({ code }) => this.closed(code);
  }

  private hangUp(): void {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = undefined;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "stop" }));
    socket.close();
  }

  private closed(code: number): void {
    this.socket = undefined;
    const { trouble } = this;
    const told = trouble && !(trouble instanceof DeviceError) ? trouble : null;
    if (code === PUT_OUT) return this.stop();
    if (told && FINAL.has(told.code)) return this.stop(told);
    this.again(told ?? { code: "offline", message: "", remedy: "" });
  }

  /** The hub went away: whoever listens all the time waits for it, a turn is over. */
  private again(trouble: Refusal): void {
    this.hangUp();
    if (!this.wish.wake) return this.stop(trouble);
    Object.assign(this, { phase: "opening", trouble });
    this.timer = window.setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT_MS);
    this.changed();
  }

  private take(told: Told): void {
    clearTimeout(this.timer);
    switch (told.type) {
      case "ready":
        this.wait = FIRST_WAIT_MS;
        this.words = told.words;
        this.trouble = null;
        this.is("waiting");
        if (this.asked) this.talk();
        return;
      case "wake":
        this.wakes += 1;
        Object.assign(this, { heard: "", reply: "", missed: "" });
        return this.is("listening");
      case "listening":
        return this.is("listening");
      case "speech":
        return this.is("hearing");
      case "transcript":
        Object.assign(this, { heard: told.text, reply: "", missed: "", trouble: null });
        // Most turns end in a reply; some have nothing to say.
        this.timer = window.setTimeout(() => this.is("waiting"), THOUGHT_MS);
        return this.is(this.wish.act ? "thinking" : "waiting");
      case "not_understood":
        this.missed = told.reason;
        return this.is("waiting");
      case "reply":
        return this.answer(told);
      case "error":
        this.trouble = told;
        return this.is("waiting");
      case "stop":
        return this.stop(this.trouble);
    }
  }

  private answer(told: Reply): void {
    this.reply = told.text;
    const done = (): void => {
      this.send({ type: "played", reply: told.number });
      this.is("waiting");
    };
    this.aloud = told.samples > 0;
    if (!this.aloud) return this.is("waiting");
    this.sounding?.expect(told.samples, told.rate, done);
    this.is("speaking");
  }

  private send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private is(phase: Phase): void {
    this.phase = phase;
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event("changed"));
  }
}

/** The one that the page listens with, whichever screen is shown. */
export const listening = new Listening();
