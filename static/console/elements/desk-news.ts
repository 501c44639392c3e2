/**
 * `<dw-desk-news>`: above the shared list, in one line that opens: which important messages customers read now, how many
 * wait for news of them, and which portals are closed. Nothing where there is nothing of that.
 */
import { LitElement, css, html, nothing } from "lit";
import { Texts, t } from "../../shared/i18n.ts";
import { noticeText } from "../../shared/notice-view.ts";
import type { PortalHours, StaffNotice } from "../../shared/protocol.d.ts";
import { controls } from "../../shared/styles.ts";
import type { Desk } from "../desk/desk.ts";
import { Follow } from "../desk/store.ts";
import { looks, timeOf } from "./looks.ts";

export class DeskNewsView extends LitElement {
  static override properties = { desk: { attribute: false } };
  declare desk: Desk;

  static override styles = [
    controls,
    looks,
    css`
      :host {
        display: block;
        flex: none;
        max-height: 40%;
        overflow: auto;
      }
      details {
        border-bottom: 1px solid var(--line);
        background: var(--sunken);
        font-size: var(--size-13);
        overflow-wrap: anywhere;
      }
      summary {
        padding: 6px 12px;
        cursor: pointer;
      }
      .all {
        display: grid;
        gap: 10px;
        padding: 2px 12px 10px;
      }
      .chip {
        background: var(--surface);
      }
      .soft {
        color: var(--text-soft);
      }
      ul {
        margin: 0;
        padding-inline-start: 20px;
        list-style: disc;
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    new Follow(this, () => [this.desk.news]);
  }

  override render() {
    const { notices, portals } = this.desk.news;
    const closed = portals.filter(({ open }) => !open);
    if (notices.length + closed.length === 0) return nothing;
    const said = [
      notices.length > 0 ? t("news.notices", { n: notices.length }) : "",
      closed.length > 0 ? t("news.closed", { n: closed.length }) : "",
    ];
    return html`<details>
      <summary>${said.filter(Boolean).join(" · ")} ${this.#waiting(notices)}</summary>
      <div class="all">${notices.map((one) => this.#notice(one))} ${closed.map(hours)}</div>
    </details>`;
  }

  #waiting(notices: readonly StaffNotice[]) {
    const n = notices.reduce((sum, { waiting }) => sum + waiting, 0);
    return n > 0 ? html`<span class="chip">${t("news.waiting", { n })}</span>` : nothing;
  }

  #notice({ name, portals, lang, text, expires_at, waiting }: StaffNotice) {
    const facts = [portals.join(", "), expires_at === null ? "" : t("news.until", { time: timeOf(expires_at) })];
    return html`<article>
      <p><strong>${name}</strong> ${waiting > 0 ? html`<span class="chip">${t("news.waiting", { n: waiting })}</span>` : nothing}</p>
      <div lang=${lang} dir="auto">${noticeText(text)}</div>
      <p class="soft">${facts.filter(Boolean).join(" · ")}</p>
    </article>`;
  }
}

function hours(one: PortalHours) {
  return html`<p>${one.portal}: ${closedText(one)}</p>`;
}

/** "Closed, opens Tuesday 09:00" */
export function closedText({ opens_at }: PortalHours): string {
  return opens_at === null ? t("news.is_closed") : t("news.opens", { time: timeOf(opens_at) });
}

customElements.define("dw-desk-news", DeskNewsView);

declare global {
  interface HTMLElementTagNameMap {
    "dw-desk-news": DeskNewsView;
  }
}
