/** Does this device's camera work? Its picture is shown here, goes nowhere and is not kept. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { ask, deviceError, type Cause } from "../home/having";
import { Watching } from "../home/watching";
import { words } from "../words";

@customElement("hearth-camera-test")
export class CameraTest extends Watching {
  @state() private picture: MediaStream | undefined;
  @state() private trouble: Cause | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.close();
  }

  protected override render(): TemplateResult {
    const { title, lead, look, stop, shows } = words().setup.camera;
    const { troubles, steps } = words().pageCamera;
    const { picture, trouble } = this;
    return html`<section class="card" aria-labelledby="camera-test">
      <h2 id="camera-test">${title}</h2>
      <p class="hint">${lead}</p>
      ${picture ? html`<video class="preview" autoplay muted playsinline aria-label=${shows} .srcObject=${picture}></video>` : nothing}
      ${trouble ? html`<div class="trouble" role="alert" data-cause=${trouble}><p class="bad">${troubles[trouble]}</p><p>${steps[trouble]}</p></div>` : nothing}
      <button type="button" @click=${picture ? () => this.close() : () => this.open()}>${picture ? stop : look}</button>
    </section>`;
  }

  private async open(): Promise<void> {
    this.trouble = undefined;
    try {
      this.picture = await ask({ video: true });
      // Somebody left while the browser asked.
      if (!this.isConnected) this.close();
    } catch (error) {
      this.trouble = deviceError(error).cause;
    }
  }

  private close(): void {
    this.picture?.getTracks().forEach((track) => track.stop());
    this.picture = undefined;
  }
}
