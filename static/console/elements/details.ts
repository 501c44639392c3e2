/** `<dw-details>`: what can be done with the ticket now, what is known of it, and where it came from (G-16, G-17). */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Details, Outcome, Summary } from "../../shared/protocol.d.ts";
import { emit } from "../../shared/emit.ts";
import { Texts, language, t } from "../../shared/i18n.ts";
import { languageName } from "../../shared/language-name.ts";
import "../../shared/menu.ts";
import { short } from "../../shared/short.ts";
import { legalSteps, takesOver } from "../../shared/steps.ts";
import { shownName } from "../../shared/people.ts";
import { serverNow } from "../../shared/server-time.ts";
import { controls } from "../../shared/styles.ts";
import { clock, day, exact } from "../../shared/time.ts";
import { isHere, type Chat } from "../desk/chats.ts";
import { Follow, Ticking } from "../desk/store.ts";
import type { Desk } from "../desk/desk.ts";
import type { StaffStep } from "../desk/steps.ts";
import { SHORTCUTS } from "../model/keymap.ts";
import { partIn } from "../model/together.ts";
import { detailsStyles } from "./details.css.ts";
import { closedText } from "./desk-news.ts";
import { filesBlock } from "./files-block.ts";
import { formBlock } from "./form-block.ts";
import { languageField } from "./language-field.ts";
import { actionKey, assigneeName, leftMark, looks, statusWord, timeOf, verifiedMark, waiting } from "./looks.ts";
import "./shared-with.ts";

const OUTCOMES: readonly Outcome[] = ["resolved", "unresolved", "unknown"];
/** The step that carries the work on. */
const PRIMARY: readonly StaffStep[] = ["assign", "join", "reopen"];

export class DetailsPane extends LitElement {
  static override properties = { desk: { attribute: false }, ticket: {} };
  declare desk: Desk;
  /** Id of the ticket. */
  declare ticket: string;

  static override styles = [controls, looks, detailsStyles];

  constructor() {
    super();
    new Texts(this);
    new Ticking(this);
    new Follow(this, () => [this.desk, this.desk.chats, this.desk.mine, this.desk.news, this.desk.steps, this.desk.together]);
    this.ticket = "";
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>("button")?.focus();
  }

  override render() {
    const chat = this.desk.chats.get(this.ticket);
    const summary = chat?.state === "gone" ? null : this.desk.summary(this.ticket);
    if (!summary) return this.#top(null);
    const details = chat?.transcript.ticket ?? null;
    return html`${this.#top(summary)}
      <section aria-labelledby="actions">
        <h2 id="actions">${t("details.actions")}</h2>
        ${this.#actions(summary)}
      </section>
      ${details && chat ? this.#known(details, chat) : nothing}`;
  }

  #top(summary: Summary | null) {
    return html`<div class="top">
      <button class="bare icon back" aria-label=${t("details.close")} @click=${() => emit(this, "toggle-details")}>
        <dw-icon name="close"></dw-icon>
      </button>
      ${summary
        ? html`<div class="who">
            <p class="name" title=${shownName(summary.customer)}>${shownName(summary.customer)} ${verifiedMark(summary.verified)} ${leftMark(summary.tell_later)}</p>
            <p class="where cut">${summary.company.name} · ${summary.portal}</p>
          </div>`
        : nothing}
    </div>`;
  }

  #actions(summary: Summary) {
    const legal = legalSteps(summary, this.desk.me.id) as StaffStep[];
    // each step keeps its own button: one that turned into another under a pressed finger would take the wrong step
    const buttons = repeat(legal, (step) => actionKey(step, summary, this.desk.me.id), (step) => this.#action(step, summary));
    return html`<div class="actions">${buttons}</div>
      <p class="missing">${this.#missing(summary, legal)}</p>`;
  }

  #action(step: StaffStep, summary: Summary) {
    const key = SHORTCUTS.find(({ action }) => action === step)?.keys[0] ?? "";
    const label = t(actionKey(step, summary, this.desk.me.id));
    const button = html`<button
      class=${PRIMARY.includes(step) ? "primary" : ""}
      aria-keyshortcuts=${key}
      title="${label} (${key.toUpperCase()})"
      ?disabled=${this.desk.steps.busy(summary.id)}
      @click=${() => void this.desk.steps.take(step, summary)}
    >
      ${label}
    </button>`;
    if (step !== "close") return button;
    const items = OUTCOMES.map((outcome) => ({
      label: t(`close.${outcome}`),
      act: () => void this.desk.steps.take("close", summary, outcome),
    }));
    return html`<span class="split">${button}<dw-menu align="start" label=${t("close.outcome")} .items=${items}><dw-icon name="unfold"></dw-icon></dw-menu></span>`;
  }

  /** What is not offered, and what would change that. */
  #missing(summary: Summary, legal: readonly StaffStep[]): string {
    const { assignee, absent_since, chat, status, customer } = summary;
    if (status === "done") return t("missing.done");
    if (assignee === null) return t("missing.unassigned");
    if (takesOver(summary, this.desk.me.id) && absent_since !== null) {
      return t("missing.offline", { name: short(assignee.name), time: timeOf(absent_since) });
    }
    if (partIn(summary, this.desk.me.id) === "helping") return t("together.helping", { who: short(assignee.name) });
    if (assignee.id !== this.desk.me.id) return t("missing.other", { name: short(assignee.name) });
    if (chat === "ended") return t("missing.ended");
    if (legal.includes("join")) return t("missing.not_joined", { name: short(customer) });
    return "";
  }

  /** Where messages are translated it matters, and can be put right. */
  #language({ language, translates, summary }: Details) {
    if (!translates) return language && languageName(language);
    const choose = (lang: string): void => void this.desk.customerSpeaks(summary.id, lang);
    return languageField(t("details.customers_language"), language, this.desk.languages, choose);
  }

  #known(details: Details, chat: Chat) {
    const { transcript } = chat;
    const { summary, source, hint } = details;
    const mark = transcript.read.customer;
    const closed = this.desk.news.closed(summary.portal);
    const readAt = transcript.lines.find(({ event }) => event.id === mark?.event)?.event.at;
    return html`
      <section aria-labelledby="known">
        <h2 id="known">${t("details.heading")}</h2>
        <dl>
          ${entry("details.key", summary.key)}
          ${entry("details.status", html`${statusWord(summary)} · ${t(`chat.${summary.chat}`)}`)}
          ${entry("details.assignee", assigned(summary))}
          ${entry("details.queue", this.desk.together.queueName(summary.queue))}
          ${entry("details.helpers", summary.helpers.filter(({ joined }) => joined).map(({ name }) => name).join(", "))}
          ${entry("details.portal", closed && closedText(closed))}
          ${entry("details.waiting", waiting(summary, hint, serverNow()))}
          ${entry("details.email", details.email && html`<a href="mailto:${details.email}">${details.email}</a>`)}
          ${entry("details.company", summary.company.name)}
          ${entry("details.company_typed", details.company_name)}
          ${entry("details.company_code", details.company_code)}
          ${entry("details.language", this.#language(details))}
          ${entry("details.opened", moment(summary.created_at))}
          ${entry("details.read", readAt === undefined ? null : t("details.read_until", { time: clock(readAt, language()) }))}
        </dl>
      </section>
      ${this.desk.news.hasAccounts(summary.portal)
        ? html`<dw-shared-with .ticket=${summary.id} .lines=${transcript.lines.filter(({ event }) => event.kind === "shared").length}></dw-shared-with>`
        : nothing}
      ${formBlock(details)} ${filesBlock(summary.id, transcript)}
      <section aria-labelledby="source">
        <h2 id="source">${t("details.source")}</h2>
        <dl>
          ${entry("source.device", t(`device.${source.device_class}`))}
          ${entry("source.os", source.os)}
          ${entry("source.browser", source.browser)}
          ${entry("source.ip", source.ip)}
          ${entry("source.connection", summary.status === "done" ? null : connection(chat))}
          ${entry("source.user_agent", source.user_agent && html`<span class="agent">${source.user_agent}</span>`)}
        </dl>
      </section>
    `;
  }
}

function entry(key: Parameters<typeof t>[0], value: string | TemplateResult | typeof nothing | null) {
  if (value === null || value === "" || value === nothing) return nothing;
  return html`<dt>${t(key)}</dt>
    <dd>${value}</dd>`;
}

function assigned(summary: Summary): string | TemplateResult {
  const { assignee, absent_since } = summary;
  if (assignee === null) return t("details.nobody");
  if (absent_since === null) return assignee.name;
  return html`${assigneeName(summary)} <p class="hint">${t("details.offline_since", { time: timeOf(absent_since) })}</p>`;
}

/** Whether the customer is connected now, and how. */
function connection(chat: Chat): TemplateResult {
  const now = Date.now();
  if (chat.slowUntil <= now) return html`${t(isHere(chat, now) ? "source.here" : "source.gone")}`;
  return html`${t("source.slow")}
    <p class="hint">${t("source.slow_hint")}</p>`;
}

function moment(at: number): TemplateResult {
  const text = `${day(at, serverNow(), language())}, ${clock(at, language())}`;
  return html`<time title=${exact(at, language())}>${text}</time>`;
}

customElements.define("dw-details", DetailsPane);

declare global {
  interface HTMLElementTagNameMap {
    "dw-details": DetailsPane;
  }
}
