/** What the hub's API says of privacy and upkeep, as far as the page reads it. */

export interface Microphone {
  entity: string;
  place: "here" | "satellite" | "pages" | "others";
  name: string;
  area: string;
  on: boolean;
  listening: number;
}

export interface Keeping {
  kind: string;
  rows: number;
  bytes: number | null;
  oldest: number | null;
  days: number | null;
  until: "days" | "forgotten" | "removed";
}

export interface CameraState {
  entity: string;
  name: string;
  area: string;
  on: boolean | null;
  /** Of the one that stands for all browsers: how many show theirs now. */
  pages: number | null;
}

export interface Privacy {
  microphones: Microphone[];
  cameras: CameraState[];
  keeping: Keeping[];
  bytes: number | null;
  learning: boolean;
  /** The page may draw the hands that cameras see. */
  landmarks: boolean;
  connections: number;
  beyond: number;
}

export interface Connection {
  id: string;
  at: number;
  who: string;
  where: string;
  bytes_out: number;
  bytes_in: number;
  why: string;
  reach: "home" | "outside" | "refused" | "unknown";
}

export interface Connections {
  connections: Connection[];
  before: string | null;
}

export interface Purge {
  remembered: { what: string; rows: number; about: string }[];
  run: string;
}

export interface AuditLine {
  check: string;
  ok: boolean;
  detail: string;
}

export interface Finding {
  check: string;
  level: "ok" | "absent" | "broken";
  detail: string;
  mend: string;
  action: "" | "models" | "certificate";
}

export interface LogLine {
  at: number;
  level: string;
  text: string;
  facts: Record<string, string>;
}
