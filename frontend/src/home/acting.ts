/** Telling a thing what to do: shown at once, asked about when risky, taken back and explained when refused. */
import { ApiError } from "../api/client";
import type { Entity, Value } from "../api/wire";
import { around, english } from "../parts/english";
import { explain, notify } from "../parts/notice";
import { sure } from "../parts/question";
import { words } from "../words";
import { store } from "./store";

export async function act(entity: Entity, trait: string, value: Value, confirmed = false): Promise<void> {
  try {
    await store.command(entity, trait, value, confirmed);
    // Nothing else on the page shows that it was pressed.
    if (trait === "Press") notify(words().started(entity.name));
  } catch (error) {
    if (error instanceof ApiError && error.code === "confirmation_required" && !confirmed) {
      if (await sure(english(error.message))) await act(entity, trait, value, true);
      return;
    }
    notify(around((why) => words().notDone(entity.name, why), explain(error)), true);
  }
}
