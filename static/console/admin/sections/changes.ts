/** `<dw-admin-changes>`: who changed what, newest first, with what stood there before and after. */
import { LitElement, html, nothing } from "lit";
import type { Change, Changes, FieldChange } from "../../../shared/protocol.d.ts";
import { get } from "../../../shared/api.ts";
import { language } from "../../../shared/i18n.ts";
import { Refusal, Unreachable } from "../../../shared/refusal.ts";
import { controls } from "../../../shared/styles.ts";
import { exact } from "../../../shared/time.ts";
import { Follow } from "../../desk/store.ts";
import { timeOf } from "../../elements/looks.ts";
import type { Admin } from "../kit/admin.ts";
import { fieldStyles } from "../kit/fields.css.ts";
import { headStyles, pageStyles } from "../kit/head.css.ts";
import type { NounName } from "../kit/nouns.ts";
import { refusedText } from "../kit/refused.ts";
import { differing, at } from "../model/draft.ts";
import { joined, type Log } from "../model/log.ts";
import { t, texts } from "../texts.ts";
import { fieldName, valueText } from "./changed.ts";
import { changesStyles } from "./changes.css.ts";

/** Longer than this, a value is cut. */
const VALUE_CHARS = 160;

export class AdminChanges extends LitElement {
  static override properties = { admin: { attribute: false }, log: { state: true }, failure: { state: true } };
  declare admin: Admin;
  declare private log: Log;
  declare private failure: string;

  static override styles = [controls, headStyles, pageStyles, fieldStyles, changesStyles];

  #stop: () => void = () => undefined;

  constructor() {
    super();
    texts.follow(this);
    new Follow(this, () => [this.admin]);
    this.log = { changes: [], more: false };
    this.failure = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = this.admin.desk.setup.listen(() => void this.#ask(null));
    void this.#ask(null);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  /** Older than the oldest that is shown, or the newest. */
  async #ask(before: number | null): Promise<void> {
    try {
      const page = await get<Changes>(`/api/v1/admin/changes${before === null ? "" : `?before=${before}`}`);
      this.log = joined(this.log, page, before);
      this.failure = "";
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      this.failure = refusedText(error);
    }
  }

  override render() {
    return html`<div class="page">
      <header>
        <a class="button bare icon back" href="#/admin" aria-label=${t("kit.back")}><dw-icon name="back"></dw-icon></a>
        <div>
          <h2>${t("changes.heading")}</h2>
          <p class="soft">${t("changes.lead")}</p>
        </div>
      </header>
      ${this.failure ? html`<p class="wrong" role="alert">${this.failure}</p>` : nothing}
      <ol>
        ${this.log.changes.map((change) => this.#change(change))}
      </ol>
      ${this.log.more ? html`<button @click=${() => void this.#ask(this.log.changes.at(-1)?.id ?? null)}>${t("changes.older")}</button>` : nothing}
    </div>`;
  }

  #change({ at: time, actor, noun, name, action, changes, company }: Change) {
    const where = this.admin.companies.find(({ id }) => id === company)?.name;
    const what = t(`${noun as NounName}.one`).toLocaleLowerCase(language());
    const lines = changes.flatMap(parts);
    return html`<li>
      <p>
        <strong>${actor === "command line" ? t("changes.command_line") : actor}</strong> ${t(`changes.${action}`, { noun: what, name })}
        <span class="soft">${where ? `${where} · ` : ""}<time title=${exact(time, language())}>${timeOf(time)}</time></span>
      </p>
      ${action === "changed" && lines.length > 0 ? html`<dl>${lines.map((line) => this.#line(noun, line))}</dl>` : nothing}
    </li>`;
  }

  #line(noun: string, { path, before, after }: Part) {
    return html`<dt>${fieldName(noun, path)}</dt>
      <dd>${shown(valueText(this.admin, path, before))} <span aria-label=${t("changes.to")} role="img">→</span> ${shown(valueText(this.admin, path, after))}</dd>`;
  }
}

interface Part {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A change of a whole set of settings, as the settings that differ. */
function parts({ field, before, after }: FieldChange): Part[] {
  const [old, now] = [before, after].map((one) => (one === null ? null : (JSON.parse(one) as unknown)));
  return differing(old, now).map((inner) => ({
    path: inner ? `${field}.${inner}` : field,
    before: inner ? at(old, inner) : old,
    after: inner ? at(now, inner) : now,
  }));
}

function shown(text: string | null) {
  if (text === null) return html`<span class="soft">${t("changes.nothing")}</span>`;
  return html`<span class="value" title=${text}>${text.length > VALUE_CHARS ? `${text.slice(0, VALUE_CHARS)}…` : text}</span>`;
}

customElements.define("dw-admin-changes", AdminChanges);

declare global {
  interface HTMLElementTagNameMap {
    "dw-admin-changes": AdminChanges;
  }
}
