/**
 * `<dw-chat>`: one ticket for its customer: where it stands, the conversation, the field to write in, or what to do when
 * the chat is over. Fires `new-ticket` when the customer wants another one.
 */

import { LitElement, html, nothing } from "lit";
import "../shared/composer.ts";
import type { Composer } from "../shared/composer.ts";
import { errorText } from "../shared/error-text.ts";
import type { Attach } from "../shared/files/attach.ts";
import { anyFiles, door } from "../shared/files/door.ts";
import { Texts, t } from "../shared/i18n.ts";
import "../shared/icon.ts";
import { late, LatePart } from "../shared/late.ts";
import { forget, recall, remember } from "../shared/storage.ts";
import { controls } from "../shared/styles.ts";
import { translated, type Line } from "../shared/transcript.ts";
import "../shared/transcript-view.ts";
import type { Chat } from "./chat.ts";
import { chatStyles } from "./chat-styles.ts";
import { standing, type Standing } from "./standing.ts";
import type { Visit } from "./visit.ts";

export class ChatView extends LitElement {
  static override properties = {
    chat: { attribute: false },
    visit: { attribute: false },
    active: { type: Boolean },
    draft: { state: true },
    problem: { state: true },
    working: { state: true },
  };
  declare chat: Chat;
  declare visit: Visit;
  /** false: the panel is shut, nothing in it counts as read. */
  declare active: boolean;
  declare private draft: string;
  declare private problem: unknown;
  declare private working: boolean;

  static override styles = [controls, chatStyles];

  /** Shows and explains translations; loaded where there are some, or may be. */
  readonly #translation = new LatePart(this, () => translated(this.chat.transcript), async () => {
    const { ChatTranslation } = await import("./translation.ts");
    return new ChatTranslation(this);
  });

  /** What stands in the place of the field then. */
  readonly #over = new LatePart(this, () => this.#state === "over", () => import("./over.ts"));

  constructor() {
    super();
    new Texts(this);
    new LatePart(this, () => true, () => import("./going-on.ts")); // a connection that is lost finds its words here already
    // what is said to those who wait, and the link for those whose browser keeps nothing
    new LatePart(this, () => this.#state === "waiting" || !this.visit.lasting, () => import("./waiting/index.ts"));
    door(this, () => this.#files());
    this.active = true;
    this.draft = "";
    this.problem = null;
    this.working = false;
  }

  /** Also right after it was put on the page, when its field is not drawn yet. */
  override focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<Composer>("dw-composer")?.focus());
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("chat")) return;
    this.draft = recall(this.#draftKey) ?? "";
    this.problem = null;
  }

  /** The customer goes on with an ended chat: the field that comes takes the focus of the button that goes. */
  #resumes = false;

  override updated(): void {
    if (this.#resumes && this.#state !== "over") {
      this.#resumes = false;
      this.focus();
    }
    if (anyFiles(this.chat.transcript, this.visit.memory)) void this.#files();
  }

  /** What deals with files; loaded when one is wanted, is in the transcript, or was on its way when the page was left. */
  async #files() {
    try {
      await late(() => import("../shared/files/index.ts"));
    } catch (error) {
      this.problem = error;
    }
    return this.renderRoot.querySelector<Attach>("dw-attach:defined");
  }

  get #draftKey(): string {
    return `${this.visit.memory}text:${this.chat.id}`;
  }

  #drafted(text: string): void {
    this.draft = text;
    if (text === "") forget(this.#draftKey);
    else {
      remember(this.#draftKey, text);
      this.chat.typing();
    }
  }

  async #go(action: () => Promise<void>): Promise<void> {
    this.working = true;
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem = error;
      this.#resumes = false;
    } finally {
      this.working = false;
    }
  }

  /** Ends the chat; the question whether to stands before this. */
  end(): Promise<void> {
    return this.#go(() => this.chat.end());
  }

  override render() {
    const { chat } = this;
    const { ticket } = chat;
    return html`<div class="head">
        <h1><span class="key">${ticket.key}</span> <span class="subject" title=${ticket.subject}>${ticket.subject}</span></h1>
        ${this.#standing()}
      </div>
      <dw-connection-bar .state=${chat.connection} .slow=${chat.slow}></dw-connection-bar>
      <dw-transcript
        side="customer"
        .transcript=${chat.transcript}
        .readings=${this.#translation.part?.readings(chat)}
        .items=${chat.items}
        ?active=${this.active}
        @older=${() => void chat.older()}
        @seen=${(event: CustomEvent<Line>) => chat.seen(event.detail)}
        @retry=${(event: CustomEvent<string>) => chat.retry(event.detail)}
        @discard=${(event: CustomEvent<string>) => chat.discard(event.detail)}
      ></dw-transcript>
      <div class="foot">
        ${this.problem === null ? nothing : html`<p class="problem" role="alert">${errorText(this.problem)}</p>`}
        <dw-attach .owner=${this.visit} place="/api/v1/customer/tickets/${chat.id}"></dw-attach>
        ${this.#foot()}
      </div>`;
  }

  get #state(): Standing["state"] {
    return standing(this.chat.ticket, this.chat.ahead).state;
  }

  /** Whether the chat has ended because the customer waits for news of an important message. */
  get #news(): boolean {
    const { ticket, transcript } = this.chat;
    return ticket.status !== "done" && Boolean(this.#over.part?.waitsFor(transcript.lines).length);
  }

  #standing() {
    const { ticket, ahead, wait } = this.chat;
    const where = standing(ticket, ahead);
    return html`<p class="standing ${where.state}" role="status">
        <i aria-hidden="true"></i><span>${t(this.#news ? "chat.news" : where.key, where.params)}</span>
      </p>
      <dw-waiting .visit=${this.visit} .ticket=${ticket} .wait=${wait} ?waits=${where.state === "waiting" && !ticket.shared}></dw-waiting>`;
  }

  #foot() {
    const { chat } = this;
    if (this.#state === "over") {
      const resume = () => {
        this.#resumes = true;
        void this.#go(() => chat.resume());
      };
      return html`<dw-over
        ?closed=${chat.ticket.status === "done"}
        ?guest=${chat.ticket.shared}
        ?news=${this.#news}
        ?busy=${this.working}
        @resume=${resume}
      ></dw-over>`;
    }
    return html`${this.#translation.part?.notice(chat)}<dw-composer
      .draft=${this.draft}
      placeholder=${t("chat.placeholder")}
      @draft=${(event: CustomEvent<string>) => this.#drafted(event.detail)}
      @send=${(event: CustomEvent<string>) => chat.say(event.detail)}
    >
      <button slot="before" class="bare icon" aria-label=${t("composer.attach")} title=${t("composer.attach")} @click=${this.#attach}>
        <dw-icon name="clip"></dw-icon>
      </button>
    </dw-composer>`;
  }

  async #attach({ currentTarget }: Event): Promise<void> {
    (await this.#files())?.toggle(currentTarget as HTMLElement);
  }
}

customElements.define("dw-chat", ChatView);

declare global {
  interface HTMLElementTagNameMap {
    "dw-chat": ChatView;
  }
}
