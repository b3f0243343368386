/** Example sentences in the language that is read here, else in that of the home, else in any that there is. */
import { store } from "../home/store";
import { language } from "../words";

export function sentences(examples: Record<string, string[]>): string[] {
  const all = Object.values(examples);
  return [examples[language()], examples[store.home.language], ...all].find((each) => each?.length) ?? [];
}
