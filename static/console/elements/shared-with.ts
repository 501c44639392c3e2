/**
 * `<dw-shared-with>`: that a customer has signed in with a password (S-01; not the same as an identity that a site has
 * signed, B-12), and which colleagues of his read along (S-13, S-23). Nothing where the portal has no accounts.
 */
import { LitElement, css, html, nothing } from "lit";
import { get, post, remove } from "../../shared/api.ts";
import { errorText } from "../../shared/error-text.ts";
import "../../shared/icon.ts";
import { Texts, t } from "../../shared/i18n.ts";
import type { Shares, SharedWith } from "../../shared/protocol.d.ts";
import { Refusal, Unreachable } from "../../shared/refusal.ts";
import { controls } from "../../shared/styles.ts";

export class SharedWithBlock extends LitElement {
  static override properties = {
    ticket: {},
    lines: { type: Number },
    known: { state: true },
    why: { state: true },
    busy: { state: true },
  };
  /** Id of the ticket. */
  declare ticket: string;
  /** How often the transcript says that somebody reads along or does so no more: another number, another look. */
  declare lines: number;
  declare private known: Shares | null;
  declare private why: string;
  declare private busy: boolean;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        font-size: var(--size-13);
      }
      section {
        display: grid;
        gap: 8px;
        padding: 12px 16px;
        border-bottom: 1px solid var(--line);
      }
      h2 {
        color: var(--text-faint);
        font-size: var(--size-12);
        font-weight: 600;
      }
      .mark {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      ul {
        display: grid;
        gap: 4px;
      }
      li,
      form {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      li > span,
      input {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      input,
      form button {
        min-height: 32px;
        font-size: var(--size-13);
      }
      .soft {
        color: var(--text-soft);
      }
      .error {
        color: var(--danger-text, var(--danger));
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    this.ticket = "";
    this.lines = 0;
    this.known = null;
    this.why = "";
    this.busy = false;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("ticket")) {
      this.known = null;
      this.why = "";
    }
    if (changed.has("ticket") || changed.has("lines")) void this.#look();
  }

  get #path(): string {
    return `/api/v1/tickets/${this.ticket}/shares`;
  }

  async #look(): Promise<void> {
    try {
      await this.#know(get<Shares>(this.#path));
    } catch (error) {
      // what is known stays; the next line of the transcript, or opening the ticket again, asks again
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
    }
  }

  /** An answer about another ticket than the one that is open by then is nobody's. */
  async #know(answer: Promise<Shares>): Promise<void> {
    const { ticket } = this;
    const known = await answer;
    if (ticket === this.ticket) this.known = known;
  }

  async #try(work: () => Promise<void>): Promise<void> {
    const { ticket } = this;
    this.busy = true;
    this.why = "";
    try {
      await work();
    } catch (error) {
      if (ticket === this.ticket) this.why = errorText(error);
    } finally {
      this.busy = false;
    }
  }

  readonly #add = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const email = String(new FormData(form).get("email")).trim();
    void this.#try(async () => {
      await this.#know(post<Shares>(this.#path, { email }));
      form.reset();
    });
  };

  #remove({ account }: SharedWith): void {
    void this.#try(async () => {
      await remove(`${this.#path}/${account}`);
      await this.#look();
    });
  }

  override render() {
    if (this.known === null || (this.known.owner === null && this.known.shares.length === 0)) return nothing;
    const { owner, shares } = this.known;
    return html`<section aria-labelledby="account">
      <h2 id="account">${t("shares.heading")}</h2>
      ${owner && html`<p class="mark" title=${t("shares.signed_in_hint")}><dw-icon name="key"></dw-icon> ${t("shares.signed_in")}</p>`}
      ${shares.length === 0
        ? nothing
        : html`<p class="soft">${t("shares.with")}</p>
            <ul>
              ${shares.map((one) => this.#reader(one))}
            </ul>`}
      <form @submit=${this.#add}>
        <input name="email" type="email" required maxlength="254" autocomplete="off" aria-label=${t("shares.email")} placeholder=${t("shares.email")} />
        <button ?disabled=${this.busy}>${t("shares.add")}</button>
      </form>
      ${this.why === "" ? nothing : html`<p class="error" role="alert">${this.why}</p>`}
    </section>`;
  }

  #reader(one: SharedWith) {
    const label = t("shares.remove", { name: one.name });
    return html`<li>
      <span title=${one.email}>${one.name}</span>
      <button class="bare icon" aria-label=${label} title=${label} ?disabled=${this.busy} @click=${() => this.#remove(one)}>
        <dw-icon name="close"></dw-icon>
      </button>
    </li>`;
  }
}

customElements.define("dw-shared-with", SharedWithBlock);

declare global {
  interface HTMLElementTagNameMap {
    "dw-shared-with": SharedWithBlock;
  }
}
