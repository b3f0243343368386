/** What was said since the page was opened. Nothing of it is kept anywhere. */
import type { LiveEvent } from "../api/wire";

export interface Turn {
  id: string;
  at: number;
  area: string;
  /** What was heard; empty when nothing was understood as words. */
  text: string;
  /** The skill's intent that it became; empty when it became none. */
  intent: string;
  /** The entities that it was about. */
  target: string[];
  /** Why it became nothing, in the hub's word for it. */
  reason: string;
  reply: string;
}

const MOST = 50;
const BEGINNINGS = new Set(["IntentMatched", "NotUnderstood", "SpeechNotHeard"]);

export class Conversation {
  /** The newest last. */
  turns: Turn[] = [];

  take(event: LiveEvent): void {
    if (BEGINNINGS.has(event.event)) this.turns = [...this.turns, turnOf(event)].slice(-MOST);
    else if (event.event === "Replied") this.reply(event);
  }

  private reply(event: LiveEvent): void {
    const caused = this.turns.find((turn) => event.causes.includes(turn.id));
    const turn = caused ?? this.turns.at(-1);
    if (turn) turn.reply = [turn.reply, String(event["text"])].filter(Boolean).join(" ");
  }
}

function turnOf(event: LiveEvent): Turn {
  return {
    id: event.id,
    at: event.at,
    area: event.origin.area ?? "",
    text: String(event["text"] ?? ""),
    intent: event.event === "IntentMatched" ? String(event["name"]) : "",
    target: (event["target"] as string[] | undefined) ?? [],
    reason: String(event["reason"] ?? ""),
    reply: "",
  };
}
