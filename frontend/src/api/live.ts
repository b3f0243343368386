/** The live socket: kept open, opened again when it breaks, sooner when the network or the page comes back. */
import type { HandsTold, Home, LiveEvent } from "./wire";

export interface LiveListener {
  snapshot(home: Home, ready: boolean): void;
  event(event: LiveEvent): void;
  hands(told: HandsTold): void;
  connection(live: boolean): void;
}

/** What is no event, but told to this page alone because it asked. */
const HANDS = ["HandsWatched", "HandsDrawn", "CommandRefused"];
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
// A hub that lost its power, or a network that was left, says nothing of it: the browser would wait for minutes.
const QUIET_MS = 25_000;
const ANSWER_MS = 8_000;

export class Live {
  private socket: WebSocket | null = null;
  private timer = 0;
  private wait = FIRST_WAIT_MS;
  private wanted = false;
  private silence = 0;

  constructor(private readonly listener: LiveListener) {
    window.addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      if (this.socket) this.ask(this.socket);
      else this.now();
    });
  }

  start(): void {
    this.wanted = true;
    this.now();
  }

  stop(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    this.drop();
  }

  private drop(): void {
    clearTimeout(this.silence);
    if (!this.socket) return;
    this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  /** Tell the hub a command; nothing while there is no connection. */
  say(command: string): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ command }));
  }

  /** Connect at once, unless a socket is open or opening. */
  private now(): void {
    if (this.socket || !this.wanted) return;
    clearTimeout(this.timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/live`);
    this.socket = socket;
    socket.onmessage = (message) => {
      this.heard(socket);
      this.take(JSON.parse(message.data as string) as LiveEvent);
    };
    socket.onclose = () => this.lost();
    this.silence = window.setTimeout(() => this.lost(), QUIET_MS);
  }

  private heard(socket: WebSocket): void {
    clearTimeout(this.silence);
    this.silence = window.setTimeout(() => this.ask(socket), QUIET_MS);
  }

  /** Ask whether the hub is still there; who does not answer is not. */
  private ask(socket: WebSocket): void {
    if (this.socket !== socket || socket.readyState !== WebSocket.OPEN) return;
    this.say("still_there");
    clearTimeout(this.silence);
    this.silence = window.setTimeout(() => this.lost(), ANSWER_MS);
  }

  private take(event: LiveEvent): void {
    if (event.event === "StillHere") return;
    if (HANDS.includes(event.event)) return this.listener.hands(event as unknown as HandsTold);
    if (event.event !== "Snapshot") return this.listener.event(event);
    this.wait = FIRST_WAIT_MS;
    this.listener.connection(true);
    this.listener.snapshot(event["home"] as Home, event["ready"] === true);
  }

  private lost(): void {
    this.drop();
    this.listener.connection(false);
    this.timer = window.setTimeout(() => this.now(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }
}
