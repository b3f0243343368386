/** The page as a camera of the home: what it sees goes to the hub's eyes, a picture each time that the hub asks for one. */
import { DeviceError, deviceError, openSocket, pageName, type Refusal } from "../home/having";
import { Camera } from "./camera";

/** `opening`: the person is asked, or the hub; `seen`: the hub looks. */
export type Phase = "off" | "opening" | "seen";

type Told = { type: "show" } | { type: "ready" } | ({ type: "error" } & Refusal) | { type: "stop" };

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
/** Nobody is before a page that has been hidden for so long, or nobody knows that it still shows. */
const HIDDEN_MS = 60_000;
const PUT_OUT = 4401;
// What coming again does not mend, and what somebody has to want anew.
const FINAL = new Set(["protocol", "media", "not_found", "switched_off", "blind", "seal", "model"]);

export class Showing extends EventTarget {
  phase: Phase = "off";
  /** The room that the camera sees. */
  area = "";
  /** A camera's cause, the hub's own words, or that it was hidden for long. */
  trouble: DeviceError | Refusal | null = null;
  private readonly page = pageName();
  private camera: Camera | undefined;
  private socket: WebSocket | undefined;
  private timer = 0;
  private hidden = 0;
  private wait = FIRST_WAIT_MS;
  private opened = 0;

  get on(): boolean {
    return this.phase !== "off";
  }

  /** What the camera shows, for who wants to see whether they are in the picture. */
  get stream(): MediaStream | undefined {
    return this.camera?.stream;
  }

  /** Begin, to be called when somebody has just pressed something. */
  async start(area: string): Promise<void> {
    this.stop();
    const opening = (this.opened += 1);
    Object.assign(this, { area, phase: "opening" });
    this.changed();
    try {
      const camera = await Camera.open(() => this.stop(new DeviceError("lost")));
      if (opening !== this.opened) return camera.close();
      this.camera = camera;
      document.addEventListener("visibilitychange", this.turned);
      this.turned();
      this.connect();
    } catch (error) {
      if (opening === this.opened) this.stop(deviceError(error));
    }
  }

  /** The device is in another room. */
  move(area: string): void {
    this.area = area;
    if (!this.camera) return;
    this.hangUp();
    this.connect();
  }

  stop(trouble: Showing["trouble"] = null): void {
    this.opened += 1;
    clearTimeout(this.timer);
    clearTimeout(this.hidden);
    document.removeEventListener("visibilitychange", this.turned);
    this.hangUp();
    this.camera?.close();
    this.camera = undefined;
    this.wait = FIRST_WAIT_MS;
    Object.assign(this, { trouble, phase: "off" });
    this.changed();
  }

  private readonly turned = (): void => {
    clearTimeout(this.hidden);
    if (document.visibilityState === "hidden") {
      this.hidden = window.setTimeout(() => this.stop({ code: "hidden", message: "", remedy: "" }), HIDDEN_MS);
    }
  };

  private connect(): void {
    const socket = (this.socket = openSocket("/api/v1/look"));
    socket.onopen = () => socket.send(JSON.stringify({ type: "start", page: this.page, area: this.area }));
    socket.onmessage = ({ data }: MessageEvent<string>) => this.take(socket, JSON.parse(data) as Told);
    socket.onclose = ({ code }) => this.closed(code);
  }

  private hangUp(): void {
    const { socket } = this;
    this.socket = undefined;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "stop" }));
    socket.close();
  }

  private take(socket: WebSocket, told: Told): void {
    switch (told.type) {
      case "show":
        return void this.show(socket);
      case "ready":
        this.wait = FIRST_WAIT_MS;
        Object.assign(this, { phase: "seen", trouble: null });
        return this.changed();
      case "error":
        if (FINAL.has(told.code)) return this.stop(told);
        this.trouble = told;
        return this.changed();
      case "stop":
        return this.stop(this.trouble);
    }
  }

  private async show(socket: WebSocket): Promise<void> {
    const picture = (await this.camera?.picture()) ?? null;
    if (this.socket !== socket || socket.readyState !== WebSocket.OPEN) return;
    if (picture) socket.send(picture);
    else this.stop(new DeviceError("failed"));
  }

  /** The hub went away: it is waited for, for who let it see has not said otherwise. */
  private closed(code: number): void {
    this.socket = undefined;
    if (code === PUT_OUT) return this.stop();
    this.trouble ??= { code: "offline", message: "", remedy: "" };
    this.phase = "opening";
    this.timer = window.setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT_MS);
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event("changed"));
  }
}

/** The one that the page shows by, whichever screen is shown. */
export const showing = new Showing();
