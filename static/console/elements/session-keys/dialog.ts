/**
 * `<dw-session-keys>`: make a session key for a customer (B-07), and see which of mine can still be used. Fires `close`.
 * A key that was used shows the ticket that came of it, as soon as I am told of that.
 */
import { LitElement, html, nothing } from "lit";
import { get, post, remove } from "../../../shared/api.ts";
import "../../../shared/dialog.ts";
import { emit } from "../../../shared/emit.ts";
import { errorText } from "../../../shared/error-text.ts";
import { language } from "../../../shared/i18n.ts";
import type { KeyPortal, MadeKey, NewSessionKey, SessionKey, SessionKeys } from "../../../shared/protocol.d.ts";
import { serverNow } from "../../../shared/server-time.ts";
import { controls } from "../../../shared/styles.ts";
import { lasting } from "../../../shared/time.ts";
import type { Desk } from "../../desk/desk.ts";
import { format, HOME } from "../../model/route.ts";
import { left, lives } from "../../model/session-keys.ts";
import "./shown.ts";
import { keyStyles } from "./styles.ts";
import { t, texts } from "./texts.ts";

const PATH = "/api/v1/session-keys";
const TICK_MS = 1_000;
/** A ticket that comes to me may be what a key has opened; many may change at once. */
const AGAIN_MS = 500;

export class SessionKeysDialog extends LitElement {
  static override properties = {
    desk: { attribute: false },
    known: { state: true },
    portal: { state: true },
    made: { state: true },
    problem: { state: true },
    working: { state: true },
  };
  declare desk: Desk;
  declare private known: SessionKeys | null;
  /** For which the next key is. */
  declare private portal: KeyPortal | null;
  declare private made: MadeKey | null;
  declare private problem: unknown;
  declare private working: boolean;

  static override styles = [controls, keyStyles];

  #timer: ReturnType<typeof setInterval> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #stop: () => void = () => undefined;

  constructor() {
    super();
    texts.follow(this);
    this.known = this.portal = this.made = this.problem = null;
    this.working = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.requestUpdate(), TICK_MS);
    this.#stop = this.desk.mine.listen(() => (this.#again ??= setTimeout(() => this.#look(), AGAIN_MS)));
    this.#look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    clearTimeout(this.#again);
    this.#stop();
  }

  #look(): void {
    this.#again = undefined;
    this.#load().catch((error: unknown) => (this.problem = error));
  }

  async #load(): Promise<void> {
    this.known = await get<SessionKeys>(PATH);
    const { keys, portals } = this.known;
    // what was used needs no more reading out
    if (keys.some(({ id, used_at }) => id === this.made?.session_key.id && used_at !== null)) this.made = null;
    this.portal = portals.find(({ slug }) => slug === this.portal?.slug) ?? portals[0] ?? null;
  }

  override render() {
    return html`<dw-dialog open heading=${t("keys.heading")} @close=${() => emit(this, "close")}>
      ${this.known === null && this.problem === null ? html`<p class="soft">${t("keys.loading")}</p>` : nothing}
      ${this.problem === null ? nothing : html`<p class="problem" role="alert">${errorText(this.problem)}</p>`}
      ${this.made && this.portal ? html`<dw-shown-key .made=${this.made} .portal=${this.portal}></dw-shown-key>` : this.#form()}
      ${this.known && this.known.keys.length > 0 ? this.#list(this.known.keys) : nothing}
      ${this.made ? html`<button slot="actions" @click=${() => (this.made = null)}>${t("keys.another")}</button>` : nothing}
      <button slot="actions" @click=${() => emit(this, "close")}>${t("keys.close")}</button>
    </dw-dialog>`;
  }

  #form() {
    const { known, portal } = this;
    if (known === null) return nothing;
    if (portal === null) return html`<p class="soft">${t("keys.no_portal")}</p>`;
    return html`<form @submit=${this.#submit}>
      <p class="soft">${t("keys.lead")}</p>
      ${known.portals.length > 1 ? this.#portals(known.portals, portal) : nothing}
      <div class="row">
        <label>
          ${t("keys.life")}
          <select name="minutes">
            ${lives(portal.minutes).map((minutes) => html`<option value=${minutes}>${lasting(minutes * 60_000, language())}</option>`)}
          </select>
        </label>
        <label>
          ${t("keys.note")}
          <input name="note" maxlength="200" autocomplete="off" placeholder=${t("keys.note_hint")} />
        </label>
      </div>
      <button class="primary" ?disabled=${this.working}>${t("keys.make")}</button>
    </form>`;
  }

  #portals(portals: readonly KeyPortal[], chosen: KeyPortal) {
    const choose = (event: Event): void => {
      this.portal = portals.find(({ slug }) => slug === (event.target as HTMLSelectElement).value) ?? chosen;
    };
    return html`<label>
      ${t("keys.portal")}
      <select @change=${choose}>
        ${portals.map(
          ({ slug, name, company }) => html`<option value=${slug} ?selected=${slug === chosen.slug}>${name} · ${company}</option>`,
        )}
      </select>
    </label>`;
  }

  #list(keys: readonly SessionKey[]) {
    const now = serverNow();
    return html`<h3>${t("keys.mine")}</h3>
      <ul>
        ${keys.filter((key) => key.used_at !== null || key.expires_at > now).map((key) => this.#row(key, now))}
      </ul>`;
  }

  #row(key: SessionKey, now: number) {
    const about = key.note ?? key.portal_name;
    if (key.used_at !== null) {
      const ticket = { ...HOME, side: "mine", ticket: key.ticket_id } as const;
      return html`<li>
        <span class="about">${about}</span>
        ${key.ticket_id === null
          ? html`<span class="left">${t("keys.used")}</span>`
          : html`<a href=${format(ticket)} @click=${() => emit(this, "close")}>${t("keys.opened", { ticket: key.ticket ?? "" })}</a>`}
      </li>`;
    }
    return html`<li>
      <span class="about">${about}</span>
      <span class="left">${left(key.expires_at - now, language())}</span>
      <button class="link" ?disabled=${this.working} @click=${() => void this.#revoke(key)}>${t("keys.revoke")}</button>
    </li>`;
  }

  #submit(event: Event): void {
    event.preventDefault();
    const { portal } = this;
    if (!portal) return;
    const given = new FormData(event.target as HTMLFormElement);
    const note = String(given.get("note") ?? "").trim();
    const draft: NewSessionKey = { portal: portal.slug, minutes: Number(given.get("minutes")), note: note || null };
    void this.#go(async () => {
      this.made = await post<MadeKey>(PATH, draft);
      await this.#load();
    });
  }

  async #revoke(key: SessionKey): Promise<void> {
    await this.#go(async () => {
      await remove(`${PATH}/${key.id}`);
      if (this.made?.session_key.id === key.id) this.made = null;
      await this.#load();
    });
  }

  async #go(action: () => Promise<void>): Promise<void> {
    this.working = true;
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem = error;
    } finally {
      this.working = false;
    }
  }
}

customElements.define("dw-session-keys", SessionKeysDialog);

declare global {
  interface HTMLElementTagNameMap {
    "dw-session-keys": SessionKeysDialog;
  }
}
