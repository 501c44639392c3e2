/** `<dw-portal>`: the page `/p/<slug>`. The frame around `<dw-customer>`, the address and the title of the tab. */

import { LitElement, css, html } from "lit";
import type { Portal } from "../shared/protocol.d.ts";
import { preparePage } from "./customer.ts";

const RESUME = "resume=";

export class PortalPage extends LitElement {
  static override styles = css`
    :host {
      box-sizing: border-box;
      display: flex;
      justify-content: center;
      height: 100dvh;
    }
    dw-customer {
      width: 100%;
      max-width: 760px;
    }
    @media (min-width: 800px) {
      :host {
        padding: 24px;
      }
      dw-customer {
        border: 1px solid var(--line);
        border-radius: var(--radius-card);
        overflow: hidden;
      }
    }
  `;

  #title = "";
  #unread = 0;
  readonly #slug = document.body.dataset["portal"] ?? "";
  readonly #place: string;
  readonly #resume: string | null;

  constructor() {
    super();
    const fragment = location.hash.slice(1);
    this.#resume = fragment.startsWith(RESUME) ? fragment.slice(RESUME.length) : null;
    this.#place = this.#resume === null ? fragment : "";
    // the secret of a resume link must not stay in the address, the history or a screenshot
    if (this.#resume !== null) this.#goTo("");
  }

  override render() {
    return html`<dw-customer
      active
      slug=${this.#slug}
      place=${this.#place}
      .resume=${this.#resume}
      @portal=${this.#known}
      @place=${(event: CustomEvent<string | null>) => this.#goTo(event.detail ?? "new")}
      @unread=${(event: CustomEvent<number>) => this.#entitle(event.detail)}
    ></dw-customer>`;
  }

  #known(event: CustomEvent<Portal>): void {
    this.#title = event.detail.name;
    this.#entitle(this.#unread);
  }

  #entitle(unread: number): void {
    this.#unread = unread;
    document.title = unread > 0 ? `(${unread}) ${this.#title}` : this.#title;
  }

  #goTo(place: string): void {
    history.replaceState(null, "", place === "" ? location.pathname : `#${place}`);
  }
}

await preparePage();
customElements.define("dw-portal", PortalPage);

declare global {
  interface HTMLElementTagNameMap {
    "dw-portal": PortalPage;
  }
}
