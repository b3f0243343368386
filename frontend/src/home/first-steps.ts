/** How far the home is set up: kept by the hub, so that another day or device goes on from there. */
import { ApiError, get, post } from "../api/client";
import { session } from "./session";

export const STEPS = ["owner", "language", "home", "senses", "privacy", "ready"] as const;
export type Step = (typeof STEPS)[number];

const DONE = "done";
const AGAIN_MS = 300;
const TRIES = 20;

class FirstSteps extends EventTarget {
  /** The step to go on with; undefined while the hub has not said, or where there is none. */
  step: Step | undefined;
  /** Whether whoever sits here wants to see the home first. */
  later = false;

  /** Ask the hub. A hub that starts is asked again. */
  async ask(): Promise<Step | undefined> {
    for (let tries = 0; tries < TRIES && session.may("admin"); tries += 1) {
      try {
        const { step } = await get<{ step: string }>("/api/v1/first-steps");
        return this.become(step === "" ? STEPS[0] : STEPS.find((each) => each === step));
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 503) break;
        await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
    }
    return this.become(undefined);
  }

  /** The household is at this step now; without one it has been through all. Throws `ApiError`. */
  async goOn(step?: Step): Promise<void> {
    await post("/api/v1/first-steps", { step: step ?? DONE });
    this.become(step);
  }

  private become(step: Step | undefined): Step | undefined {
    this.step = step;
    this.dispatchEvent(new Event("changed"));
    return step;
  }
}

export const firstSteps = new FirstSteps();
