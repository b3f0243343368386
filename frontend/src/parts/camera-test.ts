/** Does this device's camera work? Its picture is shown here, goes nowhere and is not kept. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { Watching } from "../home/watching";
import { words } from "../words";

@customElement("hearth-camera-test")
export class CameraTest extends Watching {
  @state() private picture: MediaStream | undefined;
  @state() private trouble = "";

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.close();
  }

  protected override render(): TemplateResult {
    const { title, lead, look, stop, shows } = words().setup.camera;
    const { picture } = this;
    return html`<section class="card" aria-labelledby="camera-test">
      <h2 id="camera-test">${title}</h2>
      <p class="hint">${lead}</p>
      ${picture ? html`<video class="preview" autoplay muted playsinline aria-label=${shows} .srcObject=${picture}></video>` : nothing}
      <p class="bad" role="alert">${this.trouble ? (words().setup.camera.troubles[this.trouble] ?? words().setup.camera.troubles["other"]) : nothing}</p>
      <button type="button" @click=${picture ? () => this.close() : () => this.open()}>${picture ? stop : look}</button>
    </section>`;
  }

  private async open(): Promise<void> {
    this.trouble = "";
    // A browser gives its camera to this very machine, and to pages over https.
    if (!("mediaDevices" in navigator)) {
      this.trouble = "insecure";
      return;
    }
    try {
      const picture = await navigator.mediaDevices.getUserMedia({ video: true });
      this.picture = picture;
      // Somebody left while the browser asked.
      if (!this.isConnected) this.close();
    } catch (error) {
      this.trouble = error instanceof DOMException ? error.name : "other";
    }
  }

  private close(): void {
    this.picture?.getTracks().forEach((track) => track.stop());
    this.picture = undefined;
  }
}
