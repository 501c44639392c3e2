/**
 * `<dw-writing>`: Reply or Note. The two are visibly different and kept apart; a reply that the rules do not allow yet is
 * not a dead field but the step that is missing.
 */
import { LitElement, css, html, nothing } from "lit";
import { errorText } from "../../shared/error-text.ts";
import type { Summary } from "../../shared/protocol.d.ts";
import { emit } from "../../shared/emit.ts";
import { Texts, t } from "../../shared/i18n.ts";
import { late } from "../../shared/late.ts";
import { short } from "../../shared/short.ts";
import { refusedBy, takesOver, writingRefusedBy } from "../../shared/steps.ts";
import { controls } from "../../shared/styles.ts";
import type { Notice } from "../../shared/translation/words.ts";
import { Follow } from "../desk/store.ts";
import type { Chat } from "../desk/chats.ts";
import type { Desk } from "../desk/desk.ts";
import type { StaffStep } from "../desk/steps.ts";
import type { Mode } from "../model/drafts.ts";
import { actionKey } from "./looks.ts";
import "./reply-field.ts";

const MODES: readonly Mode[] = ["reply", "note"];
/** "I am typing" holds for 6 s on the other side. */
const TYPING_EVERY_MS = 3_000;

export class Writing extends LitElement {
  static override properties = {
    desk: { attribute: false },
    ticket: { attribute: false },
    chat: { attribute: false },
    reads: { attribute: false },
    picking: { state: true },
  };
  declare desk: Desk;
  declare ticket: Summary;
  declare chat: Chat;
  /** What the customer will read of a reply. */
  declare reads: Notice | null;
  /** Canned replies are shown. */
  declare private picking: boolean;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        padding: 4px 16px 12px;
      }
      .inner {
        max-width: 720px;
        margin: 0 auto;
      }
      .modes {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px;
        margin-bottom: 4px;
      }
      .modes button {
        min-height: 28px;
        padding: 2px 10px;
        color: var(--text-soft);
        font-size: var(--size-13);
      }
      .modes [aria-pressed="true"] {
        background: var(--sunken);
        color: var(--text);
        font-weight: 600;
      }
      .modes .note[aria-pressed="true"] {
        background: var(--warning-tint);
        color: var(--warning-text);
      }
      .hint {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        margin-inline-start: 8px;
        color: var(--text-soft);
        font-size: var(--size-12);
        overflow-wrap: anywhere;
      }
      .hint.warning {
        color: var(--warning-text);
      }
      .missing {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        min-height: 46px;
        padding: 4px 4px 4px 14px;
        border: 1px dashed var(--gray-5);
        border-radius: var(--radius-card);
        color: var(--text-soft);
        font-size: var(--size-13);
      }
      @media (pointer: coarse) {
        .modes button {
          min-height: 44px;
        }
      }
    `,
  ];

  #typedAt = 0;

  constructor() {
    super();
    new Texts(this);
    this.reads = null;
    this.picking = false;
    new Follow(this, () => [this.desk.steps, this.desk.preferences]);
  }

  override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get("ticket") as Summary | undefined;
    if (!before || before.id === this.ticket.id) return;
    // another customer has not been told yet
    this.#typedAt = 0;
    this.picking = false;
  }

  async write(mode: Mode): Promise<void> {
    this.#choose(mode);
    await this.updateComplete;
    const field = this.renderRoot.querySelector("dw-reply-field");
    await field?.updateComplete;
    (field ?? this.renderRoot.querySelector<HTMLElement>(".missing button"))?.focus();
  }

  override render() {
    const draft = this.desk.drafts.of(this.ticket.id);
    const { mode } = draft;
    const rule = mode === "reply" ? writingRefusedBy(this.ticket, this.desk.me.id) : null;
    return html`<div class="inner">
      <div class="modes" role="group" aria-label=${t("writing.modes")}>
        ${MODES.map(
          (name) => html`<button class="bare ${name}" aria-pressed=${mode === name} @click=${() => void this.write(name)}>
            ${t(`writing.${name}`)}
          </button>`,
        )}
        ${mode === "note" ? html`<span class="hint warning">${t("writing.note_hint")}</span>` : this.#reads()}
      </div>
      ${rule ? this.#missing() : this.#field(mode, draft[mode])}
    </div>`;
  }

  #reads() {
    if (!this.reads) return nothing;
    const { text, warning } = this.reads;
    return html`<span class="hint ${warning ? "warning" : ""}"><dw-icon name="translate"></dw-icon>${text}</span>`;
  }

  #field(mode: Mode, text: string) {
    const label = mode === "note" ? t("writing.note_label") : t("writing.reply_label", { name: short(this.ticket.customer) });
    return html`${this.picking && mode === "reply" ? this.#picker() : nothing}<dw-reply-field
      ?note=${mode === "note"}
      label=${label}
      placeholder=${t(mode === "note" ? "writing.note_placeholder" : "writing.reply_placeholder")}
      .draft=${text}
      .enterSends=${this.desk.preferences.now.enterSends}
      @canned=${this.#pick}
      @draft=${(event: CustomEvent<string>) => this.#typed(mode, event.detail)}
      @send=${(event: CustomEvent<string>) => this.chat.outbox.add(event.detail, mode === "note" ? "note" : "message")}
    >
      ${mode === "note" ? nothing : [this.#clip(), this.#replies()]}
    </dw-reply-field>`;
  }

  /** Files go to the customer: a note has none. */
  #clip() {
    const label = t("composer.attach");
    return html`<button slot="before" class="bare icon" aria-label=${label} title=${label} @click=${(event: Event) => emit(this, "attach", event.currentTarget)}>
      <dw-icon name="clip"></dw-icon>
    </button>`;
  }

  #replies() {
    const label = t("writing.canned");
    const toggle = () => (this.picking ? this.#picked(null) : void this.#pick());
    return html`<button
      slot="before"
      class="bare icon"
      aria-label=${label}
      title="${label} (/)"
      aria-expanded=${this.picking}
      @pointerdown=${(event: Event) => event.preventDefault()}
      @click=${toggle}
    >
      <dw-icon name="canned"></dw-icon>
    </button>`;
  }

  #picker() {
    const details = this.chat.transcript.ticket;
    if (!details) return nothing;
    return html`<dw-canned
      .desk=${this.desk}
      .details=${details}
      @choose=${(event: CustomEvent<string>) => this.#picked(event.detail)}
      @close=${() => this.#picked(null)}
    ></dw-canned>`;
  }

  async #pick(): Promise<void> {
    try {
      await late(() => import("./canned/index.ts"));
      this.picking = true;
    } catch (error) {
      this.desk.toasts.say(errorText(error), { tone: "warning" });
    }
  }

  /** Null: nothing was chosen. */
  #picked(text: string | null): void {
    this.picking = false;
    const field = this.renderRoot.querySelector("dw-reply-field");
    if (text === null) field?.focus();
    else field?.insert(text);
  }

  /** Why there is no field for a reply, and the one step that would change it. */
  #missing() {
    const { ticket } = this;
    const me = this.desk.me.id;
    const step = (["assign", "join", "reopen"] as const).find((one) => refusedBy(ticket, one, me) === null);
    return html`<div class="missing">
      <span>${this.#reason(step)}</span>
      ${step
        ? html`<button class="primary" ?disabled=${this.desk.steps.busy(ticket.id)} @click=${() => this.#take(step)}>
            ${t(actionKey(step, ticket, me))}
          </button>`
        : nothing}
    </div>`;
  }

  #reason(step: StaffStep | undefined): string {
    const { customer, assignee, status, chat } = this.ticket;
    if (status === "done") return t("writing.done");
    if (takesOver(this.ticket, this.desk.me.id)) return t("writing.offline", { name: short(assignee?.name ?? "") });
    if (step === "assign") return t("writing.unassigned");
    if (step === undefined) return t("writing.other", { name: short(assignee?.name ?? "") });
    return t(chat === "ended" ? "writing.ended" : "writing.not_joined", { name: short(customer) });
  }

  #take(step: StaffStep): void {
    void this.desk.steps.take(step, this.ticket).then((taken) => {
      if (taken && step === "join") void this.write("reply");
    });
  }

  #choose(mode: Mode): void {
    this.desk.drafts.change(this.ticket.id, { mode });
    this.requestUpdate();
  }

  #typed(mode: Mode, text: string): void {
    this.desk.drafts.change(this.ticket.id, { [mode]: text });
    this.requestUpdate();
    // sent: the next message is typed anew
    if (text === "") this.#typedAt = 0;
    const now = Date.now();
    if (mode === "note" || text === "" || now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    this.desk.typing(this.ticket.id);
  }
}

customElements.define("dw-writing", Writing);

declare global {
  interface HTMLElementTagNameMap {
    "dw-writing": Writing;
  }
}
