/**
 * `<dw-file event>`: a file in the transcript: a picture that opens larger, or its type, its name, its size, and the way to
 * save it. Asks with `file-place` where it is (detail: a function to be told), and with `file-original` for the larger
 * original of what was sent from here.
 */

import { LitElement, html, nothing } from "lit";
import { emit } from "../emit.ts";
import "../icon.ts";
import { late } from "../late.ts";
import "../more-icons.ts";
import { shownName } from "../people.ts";
import type { ClientId, FileSent, Id } from "../protocol.d.ts";
import { Refusal, Unreachable } from "../refusal.ts";
import { size } from "../size.ts";
import { controls } from "../styles.ts";
import { faceStyles } from "./attach-styles.ts";
import { address, release, save, type Placed } from "./bytes.ts";
import { cardStyles } from "./card-styles.ts";
import { onOriginals, originalOf } from "./originals.ts";
import { t, texts } from "./texts.ts";
import { ending } from "./tray.ts";

/** The original of what was sent under this id. */
export interface Wanted {
  readonly client_id: ClientId;
  readonly original_of: Id;
}

export class FileCard extends LitElement {
  static override properties = { event: { attribute: false }, picture: { state: true }, broken: { state: true } };
  declare event: FileSent;
  /** Address of the small picture. */
  declare private picture: string | null;
  /** It could not be loaded. */
  declare private broken: boolean;

  static override styles = [controls, faceStyles, cardStyles];

  #placed: Placed | null = null;
  #unlisten: () => void = () => undefined;

  constructor() {
    super();
    texts.follow(this);
    this.picture = null;
    this.broken = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    emit(this, "file-place", (placed: Placed) => (this.#placed = placed));
    this.#unlisten = onOriginals(() => this.requestUpdate());
    if (this.hasUpdated) void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unlisten();
    release(this.picture);
    this.picture = null;
  }

  override firstUpdated(): void {
    void this.#load();
  }

  /** Where the server has it; with `/thumbnail` or `/picture` behind it. */
  get #path(): string {
    return `${this.#placed?.place ?? ""}/files/${this.event.file.id}`;
  }

  async #load(): Promise<void> {
    if (!this.event.file.thumbnail || !this.#placed) return;
    await this.#try(async ({ owner }) => {
      this.picture = await address(`${this.#path}/thumbnail`, owner);
    });
  }

  async #try(work: (placed: Placed) => Promise<void>): Promise<void> {
    if (!this.#placed) return;
    this.broken = false;
    try {
      await work(this.#placed);
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      this.broken = true;
    }
  }

  override render() {
    const { file } = this.event;
    return html`${file.thumbnail ? this.#shot() : nothing}
      <div class="line">
        ${file.thumbnail ? nothing : html`<span class="face" aria-hidden="true">${ending(file.name)}</span>`}
        <div class="about">
          <p class="name" title=${file.name} dir="auto">${file.name}</p>
          <p class="size">${file.original_of ? `${t("files.original")} · ` : ""}${size(file.size)}</p>
        </div>
        ${this.#link()}
      </div>
      ${file.scanned === false ? html`<p class="mark"><dw-icon name="alert"></dw-icon>${t("files.not_scanned")}</p>` : nothing}
      ${this.broken ? html`<p class="mark" role="alert"><dw-icon name="alert"></dw-icon>${t("files.gone")}</p>` : nothing}
      ${this.#original()}`;
  }

  /** Its height is known before it is there (row-template.ts). */
  #shot() {
    const { name } = this.event.file;
    const alt = t("files.picture_of", { name: shownName(this.event.author.name), file: name });
    return html`<button class="shot" title=${t("files.show")} aria-label=${`${t("files.show")}: ${alt}`} @click=${this.#show}>
      ${this.picture === null ? nothing : html`<img src=${this.picture} alt="" @error=${() => (this.broken = true)} />`}
    </button>`;
  }

  #link() {
    const { name } = this.event.file;
    const label = t("files.of", { action: t("files.download"), name });
    return html`<a class="button bare icon" href=${this.#path} download=${name} aria-label=${label} title=${t("files.download")} @click=${this.#save}>
      <dw-icon name="download"></dw-icon>
    </a>`;
  }

  #original() {
    const { client_id, file } = this.event;
    const original = originalOf(client_id);
    if (!original || client_id === null) return nothing;
    const wanted: Wanted = { client_id, original_of: file.id };
    return html`<button class="link" @click=${() => emit(this, "file-original", wanted)}>
      ${t("files.send_original", { size: size(original.size) })}
    </button>`;
  }

  #save(event: Event): void {
    if (!this.#placed?.owner.token) return; // the browser's own download: it goes on after a lost connection
    event.preventDefault();
    void this.#try(({ owner }) => save(this.#path, owner, this.event.file.name));
  }

  async #show(): Promise<void> {
    await this.#try(async ({ owner }) => {
      const [{ view }, src] = await Promise.all([late(() => import("./viewer.ts")), address(`${this.#path}/picture`, owner)]);
      const { author, file } = this.event;
      const alt = t("files.picture_of", { name: shownName(author.name), file: file.name });
      await view({ src, alt, file, save: () => this.renderRoot.querySelector("a")?.click() });
      release(src);
    });
  }
}

customElements.define("dw-file", FileCard);

declare global {
  interface HTMLElementTagNameMap {
    "dw-file": FileCard;
  }
}
