/**
 * `<dw-viewer>`: one picture as large as the window, or larger: by buttons, + and -, the wheel with Ctrl, a double click.
 * Larger than the window it is moved by arrows, wheel, finger. Escape leaves.
 */

import { LitElement, html } from "lit";
import { emit } from "../emit.ts";
import { addIcons } from "../icon.ts";
import { language, t as common } from "../i18n.ts";
import type { File } from "../protocol.d.ts";
import { controls } from "../styles.ts";
import { t, texts } from "./texts.ts";
import { viewerStyles } from "./viewer-styles.ts";

export interface Viewed {
  readonly src: string;
  readonly alt: string;
  readonly file: Pick<File, "name" | "width" | "height">;
  readonly save: () => void;
}

const STEP = 1.5;
/** Of a device pixel per pixel of the picture: letters of a screenshot become as tall as a thumb. */
const LARGEST = 8;
const SMALLEST = 0.05;
/** Around the picture, so that its edges are seen. */
const MARGIN_PX = 16;

addIcons({ larger: "M12 5v14M5 12h14", smaller: "M5 12h14", fit: "M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5" });

export class Viewer extends LitElement {
  static override properties = { viewed: { attribute: false }, zoom: { state: true } };
  declare viewed: Viewed;
  /** null: as large as the window shows it whole, and no larger than it is. */
  declare private zoom: number | null;

  static override styles = [controls, viewerStyles];

  readonly #resized = new ResizeObserver(() => this.requestUpdate());

  constructor() {
    super();
    texts.follow(this);
    this.zoom = null;
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector("dialog")?.showModal();
    const stage = this.#stage;
    if (stage) this.#resized.observe(stage);
    stage?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  get #stage(): HTMLElement | null {
    return this.renderRoot.querySelector(".stage");
  }

  get #size(): { width: number; height: number } {
    const { width, height } = this.viewed.file;
    return { width: width ?? 1, height: height ?? 1 };
  }

  get #fitting(): number {
    const { width, height } = this.#size;
    const { clientWidth, clientHeight } = this.#stage ?? document.documentElement;
    return Math.min(1, (clientWidth - MARGIN_PX) / width, (clientHeight - MARGIN_PX) / height);
  }

  override render() {
    const scale = this.zoom ?? this.#fitting;
    const { width, height } = this.#size;
    const { name } = this.viewed.file;
    const shown = `width:${Math.round(width * scale)}px;height:${Math.round(height * scale)}px`;
    return html`<dialog aria-labelledby="name" @close=${() => emit(this, "done")} @keydown=${this.#key}>
      <div class="bar">
        <h2 id="name" title=${name} dir="auto">${name}</h2>
        ${this.#button("files.smaller", "smaller", () => this.#to(scale / STEP))}
        <output aria-live="polite">${new Intl.NumberFormat(language(), { style: "percent" }).format(scale)}</output>
        ${this.#button("files.larger", "larger", () => this.#to(scale * STEP))}
        ${this.#button("files.fit", "fit", () => this.#to(null))}
        ${this.#button("files.download", "download", this.viewed.save)}
        <button class="bare icon" aria-label=${common("dialog.close")} title=${common("dialog.close")} @click=${this.#leave}>
          <dw-icon name="close"></dw-icon>
        </button>
      </div>
      <div class="stage" tabindex="0" @wheel=${this.#wheel} @dblclick=${() => this.#to(this.zoom === null ? 1 : null)}>
        <img src=${this.viewed.src} alt=${this.viewed.alt} .style=${shown} />
      </div>
    </dialog>`;
  }

  #button(key: Parameters<typeof t>[0], icon: string, act: () => void) {
    return html`<button class="bare icon" aria-label=${t(key)} title=${t(key)} @click=${act}><dw-icon name=${icon}></dw-icon></button>`;
  }

  readonly #leave = (): void => this.renderRoot.querySelector("dialog")?.close();

  /** What is in the middle stays in the middle. */
  #to(zoom: number | null): void {
    const stage = this.#stage;
    if (!stage) return;
    const before = this.zoom ?? this.#fitting;
    this.zoom = zoom === null ? null : Math.max(SMALLEST, Math.min(LARGEST, zoom));
    const by = (this.zoom ?? this.#fitting) / before;
    const middle = { x: stage.scrollLeft + stage.clientWidth / 2, y: stage.scrollTop + stage.clientHeight / 2 };
    void this.updateComplete.then(() => {
      stage.scrollTo(middle.x * by - stage.clientWidth / 2, middle.y * by - stage.clientHeight / 2);
    });
  }

  #key(event: KeyboardEvent): void {
    const scale = this.zoom ?? this.#fitting;
    if (event.key === "+" || event.key === "=") this.#to(scale * STEP);
    else if (event.key === "-") this.#to(scale / STEP);
    else if (event.key === "0") this.#to(null);
    else if (event.key === "1") this.#to(1);
    // what is typed here means the picture, and no shortcut of the page below
    event.stopPropagation();
  }

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.#to((this.zoom ?? this.#fitting) * (event.deltaY < 0 ? STEP : 1 / STEP));
  }
}

/** Shows a picture; resolves when it was left. */
export async function view(viewed: Viewed): Promise<void> {
  const viewer = Object.assign(document.createElement("dw-viewer"), { viewed });
  await new Promise((resolve) => {
    viewer.addEventListener("done", resolve, { once: true });
    document.body.append(viewer);
  });
  viewer.remove();
}

customElements.define("dw-viewer", Viewer);

declare global {
  interface HTMLElementTagNameMap {
    "dw-viewer": Viewer;
  }
}
