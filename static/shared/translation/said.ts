/**
 * `<dw-said>`: what is in a bubble whose message was written in another language: the translation, or the original as long
 * as there is none, and a mark that says which of them it is. The other one is a press away, or both are shown.
 */

import { LitElement, css, html, nothing } from "lit";
import "../icon.ts";
import "../more-icons.ts";
import { linked } from "../row-template.ts";
import { controls } from "../styles.ts";
import type { Reading } from "./readings.ts";
import { texts, t } from "./texts.ts";
import { markText, written } from "./words.ts";

export class Said extends LitElement {
  static override properties = {
    text: {},
    reading: { attribute: false },
    turned: { state: true },
  };
  /** The original. */
  declare text: string;
  declare reading: Reading;
  /** The reader wants to see the other one. */
  declare private turned: boolean;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        white-space: normal;
      }
      .said {
        white-space: pre-wrap;
      }
      .said + .said {
        margin-top: 6px;
        padding-top: 6px;
        border-top: 1px solid color-mix(in oklab, currentcolor 18%, transparent);
      }
      .mark {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 8px;
        margin-top: 2px;
        color: var(--text-soft);
        font-size: var(--size-12);
      }
      .mark span {
        display: inline-flex;
        gap: 4px;
      }
      .mark button {
        font-size: inherit;
      }
      @media (pointer: coarse) {
        .mark button {
          min-height: 32px;
        }
      }
    `,
  ];

  constructor() {
    super();
    texts.follow(this);
    this.turned = false;
  }

  override render() {
    const { reading, turned } = this;
    const { both } = reading;
    const done = reading.state === "done";
    const original = !done || both || reading.own || turned;
    const translation = done && (both || reading.own === turned);
    const mark = original && !translation && done && !reading.own ? written(reading.from) : markText(reading);
    return html`${original ? said(this.text, reading.from) : nothing}${translation ? said(reading.text, reading.into) : nothing}${mark === ""
      ? nothing
      : html`<p class="mark"><span><dw-icon name="translate"></dw-icon>${mark}</span>${done && !both ? this.#turn() : nothing}</p>`}`;
  }

  #turn() {
    const { reading, turned } = this;
    const key = reading.own ? (turned ? "hide" : "show") : turned ? "translation" : "original";
    return html`<button class="link" @click=${() => (this.turned = !turned)}>${t(`translation.${key}`)}</button>`;
  }
}

function said(text: string, lang: string | null) {
  return html`<p class="said" dir="auto" lang=${lang ?? nothing}>${linked(text)}</p>`;
}

customElements.define("dw-said", Said);

declare global {
  interface HTMLElementTagNameMap {
    "dw-said": Said;
  }
}
