/** What the hub's API says of the home's other hubs, and of what they learn together. */

export interface Peer {
  peer: string;
  short: string;
  name: string;
  addresses: string[];
  joined_at: number;
  here: boolean;
  founder: boolean;
  reachable: boolean | null;
}

export interface Pairing {
  stage: "idle" | "waiting" | "paired" | "closed";
  code: string;
  addresses: string[];
  left_s: number;
  tries_left: number;
  peer: string;
  reason: string;
}

export interface Hubs {
  peers: Peer[];
  pairing: Pairing;
  nearby: { name: string; address: string }[];
}

export interface Round {
  kind: string;
  round: number;
  outcome: string;
  reason: string;
  members: string[];
  counted: string[];
  out: string[];
  held: number;
  before: number;
  after: number;
  right_before: number;
  right: number;
  bytes_sent: number;
  /** UTC seconds; 0 when it is not kept yet. */
  at: number;
}

export interface Kind {
  kind: string;
  examples: number;
  bytes: number;
  oldest: number | null;
  enough: boolean;
  round: number;
  last: Round | null;
  /** The newest last. */
  rounds: Round[];
}
