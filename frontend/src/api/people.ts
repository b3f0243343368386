/** What the hub's API says of people, and of what lets them and their programs in. */

export type Role = "guest" | "member" | "admin" | "owner";

/** Who asks. `by` is open while nobody has to say who they are; `owned`: the home has an owner. */
export interface Me {
  account: string;
  name: string;
  role: Role;
  by: "session" | "token" | "machine" | "open";
  owned: boolean;
  page_token: string;
}

export interface Account {
  account: string;
  name: string;
  role: Role;
  created: number;
  sessions: number;
  tokens: number;
}

export interface Token {
  id: string;
  name: string;
  scope: string;
  created: number;
}

/** The token itself, told this once. */
export interface NewToken {
  id: string;
  name: string;
  token: string;
}

/** A browser that is logged in; `here`: this one. */
export interface OpenSession {
  id: string;
  browser: string;
  created: number;
  used: number;
  here: boolean;
}
