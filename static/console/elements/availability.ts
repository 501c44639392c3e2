/** `<dw-availability>`: whether the shared list reaches me, and the way to change it; the person's own menu. */
import { LitElement, css, html } from "lit";
import { emit } from "../../shared/emit.ts";
import { Texts, t } from "../../shared/i18n.ts";
import "../../shared/menu.ts";
import type { MenuItem } from "../../shared/menu.ts";
import { Follow } from "../desk/store.ts";
import type { Desk } from "../desk/desk.ts";
import { HOME, format } from "../model/route.ts";

export class AvailabilityMenu extends LitElement {
  static override properties = { desk: { attribute: false } };
  declare desk: Desk;

  static override styles = css`
    .face {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      font-size: var(--size-13);
      white-space: nowrap;
    }
    .light {
      width: 9px;
      height: 9px;
      border-radius: 50%;
      background: var(--success);
    }
    .light.away {
      border: 2px solid var(--gray-6);
      background: none;
    }
  `;

  constructor() {
    super();
    new Texts(this);
    new Follow(this, () => [this.desk]);
  }

  override render() {
    const state = this.desk.me.availability;
    return html`<dw-menu wide label=${t("availability.menu", { state: t(`availability.${state}`) })} .items=${this.#items()}>
      <span class="face">
        <span class="light ${state}"></span>${t(`availability.${state}`)}<dw-icon name="unfold"></dw-icon>
      </span>
    </dw-menu>`;
  }

  #items(): MenuItem[] {
    const { desk } = this;
    // without a connection nobody would hear of it
    const disabled = desk.connection !== "open";
    return [
      {
        label: t("availability.available"),
        checked: desk.available,
        group: desk.me.name,
        disabled,
        act: () => void desk.setAvailability("available"),
      },
      { label: t("availability.away"), checked: !desk.available, disabled, act: () => void desk.setAvailability("away") },
      {
        label: t("account.heading"),
        icon: "settings",
        group: "",
        act: () => {
          location.hash = format({ ...HOME, account: true });
        },
      },
      { label: t("key.session_key"), icon: "key", act: () => emit(this, "session-keys") },
      { label: t("key.help"), icon: "keyboard", act: () => emit(this, "show-help") },
      { label: t("account.sign_out"), icon: "sign-out", act: () => emit(this, "sign-out") },
    ];
  }
}

customElements.define("dw-availability", AvailabilityMenu);

declare global {
  interface HTMLElementTagNameMap {
    "dw-availability": AvailabilityMenu;
  }
}
