/** `<dw-rail>`: where one can go: a narrow column on a desk, the bottom bar on a phone. */
import { LitElement, css, html, nothing } from "lit";
import { emit } from "../../shared/emit.ts";
import { Texts, t, type Key } from "../../shared/i18n.ts";
import { controls } from "../../shared/styles.ts";
import { Follow } from "../desk/store.ts";
import type { Desk } from "../desk/desk.ts";
import { countOf } from "../model/counts.ts";
import { HOME, format, type Route } from "../model/route.ts";
import { looks } from "./looks.ts";
import "./icons.ts";

interface Place {
  readonly name: string;
  readonly icon: string;
  readonly text: Key;
  readonly route: Route;
  readonly current: boolean;
  readonly badge: number;
}

export class Rail extends LitElement {
  static override properties = { desk: { attribute: false }, route: { attribute: false } };
  declare desk: Desk;
  declare route: Route;

  static override styles = [
    controls,
    looks,
    css`
      :host {
        display: flex;
        flex-direction: column;
        background: var(--sunken);
      }
      nav {
        display: flex;
        flex: 1;
        flex-direction: column;
        align-items: center;
        gap: 4px;
        padding: 8px 0;
      }
      .mark {
        width: 28px;
        height: 28px;
        margin: 6px 0 10px;
        color: var(--accent);
      }
      a,
      .help {
        position: relative;
        display: grid;
        place-items: center;
        width: 40px;
        height: 40px;
        border: 0;
        border-radius: var(--radius-control);
        background: none;
        color: var(--text-soft);
        font-size: var(--size-16);
        text-decoration: none;
      }
      a:hover,
      .help:hover {
        background: var(--gray-3);
      }
      a[aria-current] {
        background: var(--surface);
        color: var(--accent-text);
      }
      .text {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
        white-space: nowrap;
      }
      .unread {
        position: absolute;
        top: -4px;
        left: 22px;
        min-width: 16px;
        padding: 0 4px;
        font-size: 11px;
        line-height: 16px;
      }
      .mine {
        display: none;
      }
      .space {
        flex: 1;
      }
      @media (max-width: 639px) {
        nav {
          flex-direction: row;
          padding: 4px 8px max(4px, env(safe-area-inset-bottom));
        }
        .mark,
        .space,
        .help,
        .account {
          display: none;
        }
        a,
        .mine {
          display: grid;
          flex: 1;
          gap: 1px;
          width: auto;
          height: 48px;
          font-size: var(--size-16);
        }
        .text {
          position: static;
          width: auto;
          height: auto;
          clip-path: none;
          font-size: var(--size-12);
        }
        .unread {
          top: 1px;
          left: calc(50% + 5px);
        }
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    new Follow(this, () => [this.desk, this.desk.list, this.desk.mine]);
    this.route = HOME;
  }

  override render() {
    return html`<nav aria-label=${t("rail.label")}>
      <svg class="mark" viewBox="0 0 28 28" aria-hidden="true">
        <path
          fill="currentcolor"
          d="M5 4h18a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3h-8l-6 5v-5H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3zm3 6v2.4h12V10zm0 4.6V17h7v-2.4z"
        />
      </svg>
      ${this.#places().map((place) => this.#link(place))}
      <span class="space"></span>
      <button class="help" title="${t("key.session_key")} (S)" aria-label=${t("key.session_key")} @click=${() => emit(this, "session-keys")}>
        <dw-icon name="key"></dw-icon>
      </button>
      <button class="help" title="${t("key.help")} (?)" aria-label=${t("key.help")} @click=${() => emit(this, "show-help")}>
        <dw-icon name="keyboard"></dw-icon>
      </button>
      ${this.desk.me.role === "administrator" ? this.#administration() : nothing}
      ${this.#link({
        name: "account",
        icon: "settings",
        text: "account.heading",
        route: { ...HOME, account: true },
        current: this.route.account,
        badge: 0,
      })}
    </nav>`;
  }

  #administration() {
    const { admin } = this.route;
    return this.#link({ name: "admin", icon: "administration", text: "rail.admin", route: { ...HOME, admin: [] }, current: admin !== null, badge: 0 });
  }

  #places(): Place[] {
    const { side, account, admin } = this.route;
    const fresh = countOf(this.desk.list.counts, "new")?.count ?? 0;
    const place = (name: Route["side"], icon: string, text: Key, badge: number): Place => {
      return { name, icon, text, badge, route: { ...HOME, side: name }, current: !account && !admin && side === name };
    };
    return [
      place("tickets", "tickets", "list.label", fresh),
      place("mine", "mine", "mine.heading", this.desk.mine.unread),
      place("search", "search", "search.label", 0),
    ];
  }

  #link({ name, icon, text, route, current, badge }: Place) {
    return html`<a class=${name} href=${format(route)} title=${t(text)} aria-current=${current ? "page" : nothing}>
      <dw-icon name=${icon}></dw-icon>
      <span class="text">${t(name === "mine" ? "rail.mine" : text)}</span>
      ${badge > 0 ? html`<span class="unread" aria-hidden="true">${badge > 99 ? "99+" : badge}</span>` : nothing}
    </a>`;
  }
}

customElements.define("dw-rail", Rail);

declare global {
  interface HTMLElementTagNameMap {
    "dw-rail": Rail;
  }
}
