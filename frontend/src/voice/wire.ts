/** What the hub says on the listening socket, beside the sound of its replies. */
export type Told =
  | { type: "ready"; version: number; words: string[] }
  | { type: "wake"; word: string; score: number }
  | { type: "listening" }
  | { type: "speech" }
  | { type: "transcript"; text: string; confidence: number }
  | { type: "not_understood"; reason: string; text: string }
  | Reply
  | { type: "error"; code: string; message: string; remedy: string }
  | { type: "stop" };

export interface Reply {
  type: "reply";
  number: number;
  text: string;
  rate: number;
  samples: number;
  unasked: boolean;
}

/** What it is asked for: `wake` words or one turn at once, in which room, and whether it may `act` on what it hears. */
export interface Wish {
  wake: boolean;
  act: boolean;
  area: string;
}
