/**
 * `<dw-phone>`: a code to scan and a key to type, with which another device joins this chat (X-4); for the customer
 * (`side`), or for the technician, who reads it out or sends it. Fires `close`.
 */

import { LitElement, html, nothing } from "lit";
import "../dialog.ts";
import { emit } from "../emit.ts";
import { errorText } from "../error-text.ts";
import { t as common } from "../i18n.ts";
import "../icon.ts";
import "../more-icons.ts";
import { controls } from "../styles.ts";
import type { Line, Side } from "../transcript.ts";
import { Showing, type Door } from "./handover.ts";
import { addresses, countdown, onlyHere, shownKey, spokenKey } from "./keys.ts";
import { qr } from "./qr.ts";
import { phoneStyles } from "./styles.ts";
import { t, texts } from "./texts.ts";

const QUIET = 4;

/** What somebody is told who shall type the key. */
export interface Told {
  readonly address: string;
  readonly key: string;
}

export class Phone extends LitElement {
  static override properties = {
    door: { attribute: false },
    side: {},
    lines: { attribute: false },
    send: { attribute: false },
    done: { state: true },
  };
  declare door: Door;
  declare side: Side;
  /** The transcript: it says when the other device is there. */
  declare lines: readonly Line[];
  /** Writes address and key into the chat; null where that may not be. */
  declare send: ((told: Told) => Promise<void>) | null;
  /** What was just done with the key. */
  declare private done: "phone.sent" | "phone.copied" | null;

  static override styles = [controls, phoneStyles];

  #showing: Showing | null = null;
  /** Up to here the transcript is older than the key. */
  #since = 0;

  constructor() {
    super();
    texts.follow(this);
    this.side = "customer";
    this.lines = [];
    this.send = this.done = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#showing?.leave();
  }

  override firstUpdated(): void {
    this.#showing = new Showing(this.door);
    this.#showing.onchange = () => this.requestUpdate();
    this.#make();
  }

  override willUpdate(): void {
    if (this.lines.some(({ seq, event }) => seq > this.#since && event.kind === "device_joined")) this.#showing?.joined();
  }

  #make(): void {
    this.#since = this.lines.at(-1)?.seq ?? 0;
    this.done = null;
    void this.#showing?.make();
  }

  override render() {
    const heading = t(this.side === "customer" ? "phone.heading" : "phone.heading_staff");
    return html`<dw-dialog open heading=${heading} @close=${() => emit(this, "close")}>
      ${this.#content()}
      <button slot="actions" @click=${() => emit(this, "close")}>${common("dialog.close")}</button>
    </dw-dialog>`;
  }

  #content() {
    const { state, error } = this.#showing ?? { state: "making", error: null };
    if (state === "shown") return this.#shown();
    if (state === "making") return html`<p class="state" role="status">${t("phone.making")}</p>`;
    if (state === "joined") {
      return html`<p class="state joined" role="status">
        <dw-icon name="check"></dw-icon>${t(this.side === "customer" ? "phone.joined" : "phone.joined_staff")}
      </p>`;
    }
    return html`<p class="state" role="status">${state === "failed" ? errorText(error) : t(`phone.${state}`)}</p>
      <button slot="actions" class="primary" @click=${this.#make}>${t("phone.new_key")}</button>`;
  }

  #shown() {
    const { key, left_ms } = this.#showing ?? {};
    if (!key) return nothing;
    const { typed, scanned } = addresses(key.url, location.origin);
    const [before = "", after = ""] = t("phone.or_type", { address: "\n" }).split("\n");
    return html`<p>${t(this.side === "customer" ? "phone.lead" : "phone.lead_staff")}</p>
      ${onlyHere(location.hostname) ? html`<p class="only-here">${t("phone.only_here")}</p>` : nothing}
      <div class="ways">
        ${this.#code(scanned)}
        <p class="address">${before}<strong>${typed}</strong>${after}</p>
        <p class="key"><span aria-hidden="true">${shownKey(key.key)}</span><span class="unseen">${spokenKey(key.key)}</span></p>
        <p class="soft" role="timer">${t("phone.good_for", { time: countdown(left_ms ?? 0) })}</p>
      </div>
      <p class="unseen" role="status">${this.done ? t(this.done) : ""}</p>
      <button slot="actions" @click=${() => void this.#showing?.revoke()}>${t("phone.revoke")}</button>
      ${this.side === "technician" ? this.#passOn(scanned, { address: `${location.origin}${new URL(key.url).pathname}`, key: shownKey(key.key) }) : nothing}`;
  }

  /** An address that is too long for a code that can be read is typed. */
  #code(address: string) {
    const code = qr(address);
    if (!code) return nothing;
    const side = code.length + 2 * QUIET;
    const squares = code.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")));
    return html`<p>${t("phone.scan")}</p>
      <svg class="code" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges" role="img" aria-label=${t("phone.code")}>
        <path d=${squares.join("")}></path>
      </svg>`;
  }

  #passOn(link: string, told: Told) {
    return html`<button slot="actions" @click=${() => void this.#copy(link)}>
        <dw-icon name=${this.done === "phone.copied" ? "check" : "copy"}></dw-icon>${t(this.done === "phone.copied" ? "phone.copied" : "phone.copy")}
      </button>
      ${this.send
        ? html`<button slot="actions" class="primary" ?disabled=${this.done === "phone.sent"} @click=${() => void this.#send(told)}>
            ${t(this.done === "phone.sent" ? "phone.sent" : "phone.send")}
          </button>`
        : nothing}`;
  }

  async #copy(link: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(link);
      this.done = "phone.copied";
    } catch {
      this.done = null; // plain HTTP has no clipboard: the code, the address and the key stand above
    }
  }

  async #send(told: Told): Promise<void> {
    await this.send?.(told);
    this.done = "phone.sent";
  }
}

customElements.define("dw-phone", Phone);

declare global {
  interface HTMLElementTagNameMap {
    "dw-phone": Phone;
  }
}
