/** Let the hub see through this browser's camera: off until somebody presses, and off again at a press. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { DeviceError } from "../home/having";
import { store } from "../home/store";
import { Watching } from "../home/watching";
import { showing } from "../seeing/showing";
import { listening } from "../voice/listening";
import { words } from "../words";
import { icon } from "./icons";
import { showSign } from "./showing-sign";

@customElement("hearth-page-camera")
export class PageCamera extends Watching {
  /** The room in which this device is: as its microphone's, until another is chosen. */
  @state() private area = showing.area || listening.wish.area;
  private readonly again = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    showSign();
    showing.addEventListener("changed", this.again);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    showing.removeEventListener("changed", this.again);
  }

  protected override render(): TemplateResult {
    const { title, lead, where, start, stop, phases, mirror } = words().pageCamera;
    const { on, phase, stream } = showing;
    return html`<section class="card" aria-labelledby="page-camera" data-phase=${phase}>
      <h2 id="page-camera">${title}</h2>
      <p class="hint">${lead}</p>
      ${trouble()}
      <p class="where"><label for="page-camera-area">${where}</label>
        <select id="page-camera-area" @change=${this.move}>
          <option value="">${words().voice.anywhere}</option>
          ${store.home.areas.map((each) => html`<option value=${each.id} ?selected=${each.id === this.area}>${each.name}</option>`)}
        </select></p>
      ${stream ? html`<video class="preview" autoplay muted playsinline aria-label=${mirror} .srcObject=${stream}></video>` : nothing}
      <div class="mouth"><button type="button" class=${on ? "tap" : "tap strong"} @click=${on ? () => showing.stop() : this.start}
          >${icon("camera")}<span>${on ? stop : start}</span></button>
        <div><p class="phase" role="status">${phases[phase]}</p></div></div>
    </section>`;
  }

  private readonly start = (): void => void showing.start(this.area);

  private readonly move = (event: Event): void => {
    this.area = (event.target as HTMLSelectElement).value;
    showing.move(this.area);
  };
}

/** What is wrong, and the step that mends it. */
function trouble(): TemplateResult | typeof nothing {
  const found = showing.trouble;
  if (!found) return nothing;
  const { troubles, steps, refusals } = words().pageCamera;
  if (found instanceof DeviceError) return told(found.cause, troubles[found.cause] ?? "", steps[found.cause] ?? "");
  const known = refusals[found.code];
  return told(found.code, known ?? found.message, known ? "" : found.remedy);
}

function told(cause: string, what: string, step: string): TemplateResult {
  return html`<div class="trouble" role="alert" data-cause=${cause}><p class="bad">${what}</p>${step ? html`<p>${step}</p>` : nothing}</div>`;
}
