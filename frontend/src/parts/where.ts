/** Where something was said: the room, and what heard it. */
import { store } from "../home/store";
import { words } from "../words";

/** `source` is a stream as the hub names it, such as "satellite:bedside:3"; others are left as they are. */
export function where(area: string, source: string): string {
  const [kind = "", name = ""] = source.split(/:(.*)/s);
  return [store.area(area)?.name, words().voice.sources[kind]?.(name) ?? store.camera(source)?.name ?? source].filter(Boolean).join(" · ");
}
