/** What the hub's API says of skills. */

/** What a skill asks for; `why` is its author's reason, `new` what an update asks for beyond what it had. */
export interface AskedGrant {
  grant: string;
  port: string;
  only: string[];
  why: string;
  optional: boolean;
  agreed: boolean;
  new: boolean;
}

/** What the household may choose of a skill; the kind is that of `default`. */
export interface SkillSetting {
  name: string;
  label: string;
  value: boolean | number | string;
  default: boolean | number | string;
  options: string[];
  min: number | null;
  max: number | null;
}

export interface Skill {
  skill: string;
  name: string;
  version: string;
  description: string;
  source: "hub" | "installed" | "folder";
  on: boolean;
  fixed: boolean;
  signer: string;
  changed: boolean;
  grants: AskedGrant[];
  settings: SkillSetting[];
  examples: Record<string, string[]>;
  condition: {
    state: "starting" | "running" | "restarting" | "left_out" | "off";
    reason: string;
    slow: boolean;
    memory: number | null;
    cpu_share: number | null;
  };
  trouble: string;
}

/** A package that was looked at; nothing of it is installed yet. */
export interface Review {
  digest: string;
  skill: string;
  name: string;
  version: string;
  description: string;
  signer: string;
  signer_known: boolean;
  before: string;
  grants: AskedGrant[];
  examples: Record<string, string[]>;
}
