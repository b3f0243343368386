/** A plot of one trait over time, in steps: a value holds until the next one. */
import { html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Change, TraitConfig } from "../api/wire";
import { Watching } from "../home/watching";
import { locale, words } from "../words";
import { moment } from "../words/figures";
import { inWords } from "../words/values";

const HEIGHT = 190;
const LETTER = 6.6;
// A history that has only begun fills the plot too, from so many seconds on.
const LEAST_S = 60;

@customElement("hearth-plot")
export class Plot extends Watching {
  @property({ attribute: false }) changes: Change[] = [];
  @property({ attribute: false }) config: TraitConfig | undefined;
  @property() trait = "";
  @property() name = "";
  @property({ type: Number }) seconds = 86_400;
  private plot: uPlot | undefined;
  private drawn = "";
  private readonly scheme = matchMedia("(prefers-color-scheme: dark)");
  private readonly resized = new ResizeObserver(() => this.fit());
  private readonly anew = (): void => {
    this.drawn = "";
    this.requestUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.scheme.addEventListener("change", this.anew);
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.scheme.removeEventListener("change", this.anew);
    this.resized.disconnect();
    this.plot?.destroy();
    this.drawn = "";
  }

  protected override render(): TemplateResult {
    const end = Date.now() / 1000;
    const text = words().entity.plotOf(this.name, moment(end - this.seconds), moment(end));
    return html`<div class="plot" role="img" aria-label=${text}></div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const wanted = [this.trait, this.seconds, this.changes.length, this.changes.at(-1)?.event, words().language].join();
    if (wanted === this.drawn) return;
    this.drawn = wanted;
    this.draw();
  }

  private draw(): void {
    const place = this.querySelector<HTMLElement>(".plot");
    if (!place) return;
    this.plot?.destroy();
    const end = Date.now() / 1000;
    const times = [...this.changes.map((change) => change.at), end];
    const values = this.changes.map((change) => (change.value === null ? null : Number(change.value)));
    const data: uPlot.AlignedData = [times, [...values, values.at(-1) ?? null]];
    this.plot = new uPlot(this.options(end), data, place);
  }

  private options(end: number): uPlot.Options {
    const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const begin = Math.max(end - this.seconds, Math.min(this.changes[0]?.at ?? end, end - LEAST_S));
    const told = (on: boolean): string => inWords(this.trait, on, this.config);
    const binary = this.changes.every((change) => change.value === null || typeof change.value === "boolean");
    const percent = this.trait === "Level" || this.trait === "Position";
    const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui" };
    const spread: uPlot.Range.Function = (_plot, least, most) => {
      const around = Math.max(0.5, (most - least) * 0.1);
      return [least - around, most + around];
    };
    return {
      width: this.clientWidth || 300,
      height: binary ? 110 : HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: true, range: [begin, end] },
        y: { range: binary ? [0, 1.08] : percent ? [0, 100] : spread },
      },
      axes: [
        { ...axis, size: 30, values: (_plot, ticks) => ticks.map((tick) => time(tick, end - begin)), space: 80 },
        {
          ...axis,
          size: binary ? 18 + LETTER * Math.max(told(true).length, told(false).length) : 52,
          splits: binary ? () => [0, 1] : undefined!,
          values: (_plot, ticks) => ticks.map((tick) => (binary ? told(tick === 1) : String(tick))),
        },
      ],
      series: [{}, {
        stroke: colour("--ember"),
        fill: colour("--glow"),
        width: 2,
        paths: uPlot.paths.stepped!({ align: 1 }),
        points: { show: false },
      }],
    };
  }

  private fit(): void {
    if (this.plot && this.clientWidth) this.plot.setSize({ width: this.clientWidth, height: this.plot.height });
  }
}

/** A moment on the axis of so many seconds: as exact as tells it from the next one. */
function time(tick: number, seconds: number): string {
  const style: Intl.DateTimeFormatOptions =
    seconds > 86_400 ? { weekday: "short", day: "numeric" } : { timeStyle: seconds < 600 ? "medium" : "short" };
  return new Intl.DateTimeFormat(locale(), style).format(new Date(tick * 1000));
}
