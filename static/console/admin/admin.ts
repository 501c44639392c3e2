/** `<dw-admin>`: what administrators set up. Its places stand at the left; each is loaded when somebody goes there. */
import { LitElement, html, nothing } from "lit";
import "../../shared/more-icons.ts";
import { Unreachable } from "../../shared/refusal.ts";
import { controls } from "../../shared/styles.ts";
import type { Desk } from "../desk/desk.ts";
import { Follow } from "../desk/store.ts";
import { adminStyles } from "./admin.css.ts";
import "./icons.ts";
import { Admin, NEW } from "./kit/admin.ts";
import "./kit/frame.ts";
import "./kit/once.ts";
import { refusedText } from "./kit/refused.ts";
import type { AnySection } from "./kit/section.ts";
import { ELEMENTS, LOADERS, PLACES, type Place } from "./sections.ts";
import { t, texts } from "./texts.ts";

const GROUPS: readonly Place["group"][] = ["desk", "company", "log"];

const AGAIN_MS = 5_000;

export class AdminPage extends LitElement {
  static override properties = { desk: { attribute: false }, place: { attribute: false }, failure: { state: true }, pane: { reflect: true } };
  declare desk: Desk;
  /** What the address says after `#/admin/`: section, thing, page of it. */
  declare place: readonly string[];
  declare private failure: string;
  /** What a phone shows. */
  declare pane: "places" | "place";

  static override styles = [controls, adminStyles];

  #admin: Admin | null = null;
  readonly #sections = new Map<string, AnySection | null>();
  readonly #wanted = new Set<string>();
  #stop: () => void = () => undefined;

  constructor() {
    super();
    texts.follow(this);
    new Follow(this, () => [this.#state]);
    this.place = [];
    this.failure = "";
    this.pane = "places";
  }

  /** The desk is known once the element is in the page. */
  get #state(): Admin {
    return (this.#admin ??= new Admin(this.desk));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = this.#state.start();
    addEventListener("beforeunload", this.#asked);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
    removeEventListener("beforeunload", this.#asked);
  }

  /** Drafts survive every way inside the console; only closing the page would lose them. */
  readonly #asked = (event: Event): void => {
    if (this.#state.dirty) event.preventDefault();
  };

  override willUpdate(changed: Map<string, unknown>): void {
    this.pane = this.place.length === 0 ? "places" : "place";
    if (changed.has("place")) this.#guide(changed.get("place") as readonly string[] | undefined);
    void this.#load(this.#name);
  }

  get #name(): string {
    return nameOf(this.place);
  }

  /** From the overview to something new: what is added there leads back to it. */
  #guide(before: readonly string[] = []): void {
    const begun = nameOf(before) === "start" && this.place[1] === NEW;
    const still = this.#state.guided && this.place[1] === NEW && nameOf(before) === this.#name;
    this.#state.guided = begun || still;
  }

  async #load(name: string): Promise<void> {
    if (this.#wanted.has(name)) return;
    this.#wanted.add(name);
    try {
      const section = LOADERS[name] ? (await LOADERS[name]()).section : await ELEMENTS[name]?.().then(() => null);
      this.#sections.set(name, section ?? null);
      this.failure = "";
    } catch {
      this.failure = refusedText(new Unreachable());
      setTimeout(() => this.#again(name), AGAIN_MS);
    }
    this.requestUpdate();
  }

  #again(name: string): void {
    this.#wanted.delete(name);
    this.requestUpdate();
  }

  override render() {
    return html`<main>
        <h1 class="unseen">${t("kit.heading")}</h1>
        <nav aria-label=${t("kit.heading")}>
          <p class="heading" aria-hidden="true">${t("kit.heading")}</p>
          ${GROUPS.map((group) => this.#group(group))}
        </nav>
        <div class="place">${this.failure ? html`<p class="failure" role="alert">${this.failure}</p>` : this.#content()}</div>
      </main>
      <dw-admin-once .admin=${this.#state}></dw-admin-once>`;
  }

  #group(group: Place["group"]) {
    return html`${group === "company" ? this.#companies() : nothing}
      <ul>
        ${PLACES.filter((place) => place.group === group).map(
          ({ name, icon, text }) => html`<li>
            <a href="#/admin/${name}" aria-current=${name === this.#name ? "page" : nothing}><dw-icon name=${icon}></dw-icon>${t(text)}</a>
          </li>`,
        )}
      </ul>`;
  }

  #companies() {
    const { companies, company } = this.#state;
    if (companies.length < 2) return html`<h2>${company?.name ?? t("kit.no_company")}</h2>`;
    const choose = (event: Event): void => {
      this.#state.chooseCompany((event.target as HTMLSelectElement).value);
      this.#go([this.#name]);
    };
    return html`<select aria-label=${t("company.one")} @change=${choose}>
      ${companies.map(({ id, name }) => html`<option value=${id} .selected=${id === company?.id}>${name}</option>`)}
    </select>`;
  }

  #content() {
    const name = this.#name;
    const section = this.#sections.get(name);
    if (section === undefined) return nothing;
    if (name === "start") return html`<dw-admin-start .admin=${this.#state}></dw-admin-start>`;
    if (name === "changes") return html`<dw-admin-changes .admin=${this.#state}></dw-admin-changes>`;
    const [, item = null, page = null] = this.place;
    return html`<dw-admin-frame
      .admin=${this.#state}
      .section=${section}
      .name=${name}
      .item=${item}
      .page=${page}
      @admin-go=${(event: CustomEvent<string[]>) => this.#go(event.detail)}
    ></dw-admin-frame>`;
  }

  #go(place: readonly string[]): void {
    location.hash = `#/admin/${place.join("/")}`;
  }
}

/** Of a section; the overview is where nothing else is named. */
function nameOf([name]: readonly string[]): string {
  return PLACES.find((place) => place.name === name)?.name ?? "start";
}

await texts.ready();
customElements.define("dw-admin", AdminPage);

declare global {
  interface HTMLElementTagNameMap {
    "dw-admin": AdminPage;
  }
}
