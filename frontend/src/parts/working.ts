/** A part that does something for which one waits, and says what went wrong. */
import { state } from "lit/decorators.js";
import { Watching } from "../home/watching";
import type { Wording } from "./english";
import { explain } from "./notice";

export abstract class Working extends Watching {
  @state() protected busy = false;
  @state() protected trouble: Wording = "";

  protected async doing(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.trouble = "";
    try {
      await work();
    } catch (error) {
      this.trouble = explain(error);
    }
    this.busy = false;
  }
}
