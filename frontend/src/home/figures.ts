/** The hub's own figures, which it gives in the text that Prometheus reads. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { session } from "./session";

const LINE = /^([a-zA-Z_]+) (\S+)$/;

export class Figures implements ReactiveController {
  found = new Map<string, number>();
  private timer = 0;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly everyMs: number,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    void this.ask();
    this.timer = window.setInterval(() => void this.ask(), this.everyMs);
  }

  hostDisconnected(): void {
    clearInterval(this.timer);
  }

  private async ask(): Promise<void> {
    if (!session.may("member")) return;
    const answer = await fetch("/metrics").catch(() => undefined);
    if (!answer?.ok) return;
    this.found = read(await answer.text());
    this.host.requestUpdate();
  }
}

function read(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name, value] = LINE.exec(line) ?? [];
    if (name) found.set(name, Number(value));
  }
  return found;
}
