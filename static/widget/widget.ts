/**
 * `<dw-widget>`: the app in the widget's iframe, `/w/<slug>`. The server lets only the portal's sites embed it
 * (frame-ancestors) and writes the same list, separated by blanks, into `data-origins` of the body.
 */

import { LitElement, css, html, nothing } from "lit";
import { preparePage, type Customer } from "../portal/customer.ts";
import { Texts, t } from "../shared/i18n.ts";
import "../shared/icon.ts";
import { controls } from "../shared/styles.ts";
import { Bridge } from "./bridge.ts";
import type { ToApp } from "./messages.ts";

const bridge = new Bridge((document.body.dataset["origins"] ?? "").split(" "));

export class Widget extends LitElement {
  static override properties = { shown: { state: true } };
  declare private shown: boolean;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        height: 100dvh;
      }
    `,
  ];

  readonly #slug = document.body.dataset["portal"] ?? "";

  constructor() {
    super();
    new Texts(this);
    // opened by itself, in a tab, the page is simply there
    this.shown = !bridge.framed;
  }

  override firstUpdated(): void {
    addEventListener("keydown", (event) => this.#key(event));
    bridge.listen((message) => this.#heard(message));
  }

  get #customer(): Customer | null {
    return this.renderRoot.querySelector("dw-customer");
  }

  #heard(message: ToApp): void {
    switch (message.deskwire) {
      case "open":
        this.shown = true;
        this.#customer?.focus();
        break;
      case "shut":
        this.shown = false;
        break;
      case "identify":
        void this.#customer?.identify(message.jwt);
    }
  }

  #key(event: KeyboardEvent): void {
    const answersQuestion = event.composedPath().some((element) => element instanceof HTMLDialogElement);
    if (event.key === "Escape" && !event.defaultPrevented && !answersQuestion) bridge.tell({ deskwire: "close" });
  }

  override render() {
    return html`<dw-customer
      slug=${this.#slug}
      ?active=${this.shown}
      @unread=${(event: CustomEvent<number>) => bridge.tell({ deskwire: "unread", count: event.detail })}
    >
      ${bridge.framed
        ? html`<button
            slot="actions"
            class="bare icon"
            aria-label=${t("widget.close")}
            title=${t("widget.close")}
            @click=${() => bridge.tell({ deskwire: "close" })}
          >
            <dw-icon name="close"></dw-icon>
          </button>`
        : nothing}
    </dw-customer>`;
  }
}

await preparePage();
customElements.define("dw-widget", Widget);

declare global {
  interface HTMLElementTagNameMap {
    "dw-widget": Widget;
  }
}
