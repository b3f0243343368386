/** What the steps of setting a home up share: the settings as they are, the ways back, on and past, and what went wrong. */
import { html, nothing, type TemplateResult } from "lit";
import { post } from "../api/client";
import type { Setting, Settings } from "../api/wire";
import { Asked } from "../home/asked";
import { firstSteps, STEPS, type Step } from "../home/first-steps";
import { Working } from "../parts/working";
import { goTo } from "../router";
import { words } from "../words";

const EVERY_MS = 60_000;

export abstract class SetupStep extends Working {
  protected abstract readonly step: Step;
  protected readonly settings = new Asked<Settings>(this, "/api/v1/settings", "member", () => EVERY_MS);

  protected setting(key: string): Setting | undefined {
    return this.settings.found?.settings.find((each) => each.key === key);
  }

  /** Change what is another than it was and not hearth.toml's. Throws `ApiError`. */
  protected async change(wanted: Record<string, unknown>): Promise<void> {
    const changes = Object.fromEntries(
      Object.entries(wanted).filter(([key, value]) => {
        const setting = this.setting(key);
        return setting !== undefined && !setting.locked && setting.value !== value;
      }),
    );
    if (Object.keys(changes).length) this.settings.found = await post<Settings>("/api/v1/settings", { changes });
  }

  /** What a step does with its form when it is left by "next". Throws `ApiError`. */
  protected abstract keep(form: FormData): Promise<void>;

  protected readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    await this.doing(async () => {
      await this.keep(form);
      await this.pass();
    });
  };

  /** Go on without keeping anything. */
  protected readonly skip = (): Promise<void> => this.doing(() => this.pass());

  protected async pass(): Promise<void> {
    const next = STEPS[STEPS.indexOf(this.step) + 1];
    await firstSteps.goOn(next);
    goTo(next ? `#/setup/${next}` : "#/home");
  }

  /** The end of a step's form. */
  protected ways(): TemplateResult {
    const { back, next, skip } = words().setup;
    const before = STEPS[STEPS.indexOf(this.step) - 1];
    return html`<p class="bad" role="alert">${this.trouble || nothing}</p>
      <div class="buttons ways">
        ${before && before !== "owner" ? html`<a class="button" href=${`#/setup/${before}`}>${back}</a>` : nothing}
        <button type="button" class="later" ?disabled=${this.busy} @click=${this.skip}>${skip}</button>
        <button type="submit" class="strong" ?disabled=${this.busy}>${next}</button>
      </div>`;
  }

  /** Says that hearth.toml decides on a setting, where it does. */
  protected lock(key: string): TemplateResult | typeof nothing {
    return this.setting(key)?.locked ? html`<p class="hint">${words().setup.locked}</p>` : nothing;
  }
}
