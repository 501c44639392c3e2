/** `<dw-portal>`: the page `/p/<slug>`. The frame around `<dw-customer>`, the address and the title of the tab. */

import { LitElement, css, html } from "lit";
import type { Portal } from "../shared/protocol.d.ts";
import { preparePage } from "./customer.ts";

// a secret must not stay in the address, the history or a screenshot: it goes before anything else happens
const fragment = location.hash.slice(1);
const arrival = fragment.includes("=") ? fragment : null;
if (arrival !== null) goTo("");
// a link that is opened where the page is open already changes nothing but the fragment
addEventListener("hashchange", () => location.hash.includes("=") && location.reload());

function goTo(place: string): void {
  history.replaceState(null, "", place === "" ? location.pathname : `#${place}`);
}

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

  override render() {
    return html`<dw-customer
      active
      slug=${this.#slug}
      place=${arrival === null ? fragment : ""}
      .arrival=${arrival}
      @portal=${this.#known}
      @place=${(event: CustomEvent<string | null>) => goTo(event.detail ?? "new")}
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
}

await preparePage();
customElements.define("dw-portal", PortalPage);

declare global {
  interface HTMLElementTagNameMap {
    "dw-portal": PortalPage;
  }
}
