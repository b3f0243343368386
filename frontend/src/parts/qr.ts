/** A text as a picture that a phone's camera reads: dark on light by night too, in a rim of light as readers want it. */
import { html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { toSvgPath } from "lean-qr/extras/svg";
import { generate } from "lean-qr/nano";

const RIM = 4; // modules of light all around: ISO/IEC 18004

@customElement("hearth-qr")
export class QrCode extends LitElement {
  /** At most 2,953 bytes. */
  @property() text = "";
  /** What somebody who does not see it is told. */
  @property() label = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const code = generate(this.text);
    const side = code.size + 2 * RIM;
    return html`<svg class="qr" role="img" aria-label=${this.label} viewBox="${-RIM} ${-RIM} ${side} ${side}" shape-rendering="crispEdges">
      <rect x=${-RIM} y=${-RIM} width=${side} height=${side} fill="#fff" /><path d=${toSvgPath(code)} fill="#000" /></svg>`;
  }
}
