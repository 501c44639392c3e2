/**
 * `<dw-news>`: above everything else, what concerns everybody: that the portal is closed, and until when; and its important
 * messages, with "this is my problem" for those who would otherwise wait (B-50..B-52, B-60).
 */

import { LitElement, html, nothing } from "lit";
import { post } from "../../shared/api.ts";
import { errorText } from "../../shared/error-text.ts";
import { language } from "../../shared/i18n.ts";
import { languageName } from "../../shared/language-name.ts";
import { noticeText } from "../../shared/notice-view.ts";
import type { Portal, ShownNotice } from "../../shared/protocol.d.ts";
import { Refusal } from "../../shared/refusal.ts";
import { recall, remember } from "../../shared/storage.ts";
import { controls } from "../../shared/styles.ts";
import { regional } from "../../shared/time.ts";
import type { Journey } from "../journey.ts";
import type { Standing } from "./standing.ts";
import { newsStyles } from "./styles.ts";
import { t, texts } from "./texts.ts";

export class News extends LitElement {
  static override properties = {
    journey: { attribute: false },
    portal: { attribute: false },
    standing: { attribute: false },
    busy: { state: true },
    problem: { state: true },
    turned: { state: true },
  };
  declare journey: Journey;
  declare portal: Portal;
  declare standing: Standing;
  declare private busy: boolean;
  declare private problem: unknown;
  /** Notices that are shown as they were written, and not as a machine has translated them. */
  declare private turned: readonly string[];

  static override styles = [controls, newsStyles];

  constructor() {
    super();
    texts.follow(this);
    this.busy = false;
    this.problem = null;
    this.turned = [];
  }

  async #mine({ id }: ShownNotice): Promise<void> {
    const { visit, chat } = this.journey;
    this.busy = true;
    this.problem = null;
    try {
      if (chat) await post(`/api/v1/customer/tickets/${chat.id}/wait-for-news`, { notice: id }, { token: visit.token });
      else {
        await post(`${visit.api}/notices/${id}/mine`, {});
        remember(this.#memory(id), "1");
      }
    } catch (error) {
      this.problem = error;
    } finally {
      this.busy = false;
    }
  }

  /** Where this browser keeps that somebody without a ticket has said so: it counts once. */
  #memory(id: string): string {
    return `${this.journey.visit.memory}mine:${id}`;
  }

  override render() {
    const { open, notices } = this.portal;
    if (this.standing.state === "other") return nothing;
    return html`${open ? nothing : this.#closed()}
    ${notices.length === 0
      ? nothing
      : html`<section aria-labelledby="important">
          <h2 id="important">${t("notices.heading")}</h2>
          ${notices.map((notice) => this.#notice(notice))}
          ${this.problem === null ? nothing : html`<p class="problem" role="alert">${this.#problem(this.problem)}</p>`}
        </section>`}`;
  }

  #problem(error: unknown): string {
    return error instanceof Refusal && error.code === "not_found" ? t("notices.not_found") : errorText(error);
  }

  #closed() {
    const { closed, disabled, opens_at, ways } = this.portal;
    const opens = opens_at === null ? t("closed.some_time") : moment(opens_at);
    const unknown = disabled ? t("closed.for_good") : t("closed.unknown");
    const ours = opens_at === null ? unknown : t("closed.opens", { opens });
    const { state } = this.standing;
    return html`<section class="closed" aria-label=${t("closed.label")} role="region" aria-live="polite">
      <p dir="auto">${closed?.replaceAll("{opens}", opens) ?? ours}</p>
      ${state === "waiting" ? html`<p>${t("closed.waiting")}</p>` : nothing}
      ${state === "visitor" && ways.keys ? html`<p>${t("closed.key")}</p>` : nothing}
    </section>`;
  }

  #notice(notice: ShownNotice) {
    const { id, original, original_lang } = notice;
    const turned = original !== null && this.turned.includes(id);
    return html`<article lang=${turned ? (original_lang ?? nothing) : notice.lang} dir="auto">
      ${noticeText(turned ? original : notice.text)}
      <div class="below" lang=${language()} dir="auto">
        ${notice.machine_translated ? this.#mark(notice, turned) : nothing} ${this.#answer(notice)}
      </div>
    </article>`;
  }

  #mark({ id, original_lang }: ShownNotice, turned: boolean) {
    const from = t(turned ? "notices.written" : "notices.machine", { language: languageName(original_lang ?? "") });
    const turn = () => (this.turned = turned ? this.turned.filter((one) => one !== id) : [...this.turned, id]);
    return html`<small>${from}</small>
      <button class="link" @click=${turn}>${t(turned ? "notices.translation" : "notices.original")}</button>`;
  }

  #answer(notice: ShownNotice) {
    const { state, notices } = this.standing;
    if (notices.includes(notice.id)) return html`<p role="status">${t("notices.waits")}</p>`;
    if (state === "visitor" && recall(this.#memory(notice.id))) return html`<p role="status">${t("notices.noted")}</p>`;
    if (state === "leaves") return nothing;
    return html`<button ?disabled=${this.busy} @click=${() => this.#mine(notice)}>${t("notices.mine")}</button>
      ${state === "visitor" ? html`<small>${t("notices.mine_hint")}</small>` : nothing}`;
  }
}

/** Tuesday 3 March at 09:00, where the reader is. */
function moment(at: number): string {
  const options = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat(regional(language()), options).format(at);
}

customElements.define("dw-news", News);

declare global {
  interface HTMLElementTagNameMap {
    "dw-news": News;
  }
}
