/** What was said of late, as the hub remembers it: asked again whenever something is said. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { get } from "../api/client";
import type { LiveEvent, Value } from "../api/wire";
import { Told } from "../home/told";
import type { Wording } from "../parts/english";
import { explain } from "../parts/notice";

export interface Deed {
  entity: string;
  trait: string;
  value: Value;
  code: string;
  reason: string;
}

export interface Turn {
  id: string;
  at: number;
  how: "voice" | "text" | "gesture";
  area: string;
  source: string;
  wake: string;
  score: number | null;
  text: string;
  confidence: number | null;
  intents: string[];
  target: string[];
  deeds: Deed[];
  reply: string;
  asked: boolean;
  reason: string;
  stages_ms: Record<string, number>;
}

const A_PAGE = 20;
const SETTLE_MS = 300;
const PARTS = new Set(["SpeechTranscribed", "SpeechNotHeard", "WakeRefused", "IntentMatched", "NotUnderstood", "CommandDone", "CommandFailed", "Replied"]);

export class Turns implements ReactiveController {
  found: Turn[] | undefined;
  trouble: Wording = "";
  /** Whether there are older ones. */
  more = false;
  private shown = A_PAGE;
  private timer = 0;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
    new Told(host, (event) => this.take(event));
  }

  hostConnected(): void {
    void this.ask();
  }

  hostDisconnected(): void {
    clearTimeout(this.timer);
  }

  /** Show older ones, too. */
  older(): void {
    this.shown = Math.min(200, this.shown + 2 * A_PAGE);
    void this.ask();
  }

  private take(event: LiveEvent): void {
    if (!PARTS.has(event.event)) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), SETTLE_MS);
  }

  private async ask(): Promise<void> {
    try {
      const { turns } = await get<{ turns: Turn[] }>(`/api/v1/turns?limit=${this.shown}`);
      this.more = turns.length === this.shown && this.shown < 200;
      this.found = turns;
      this.trouble = "";
    } catch (error) {
      this.trouble = explain(error);
    }
    this.host.requestUpdate();
  }
}
