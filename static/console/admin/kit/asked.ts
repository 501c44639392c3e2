/** A button that asks before it does what cannot be undone. */
import { html, type TemplateResult } from "lit";
import "../../../shared/dialog.ts";
import { t } from "../texts.ts";

export interface Question {
  /** On the button that asks. */
  readonly label: string;
  readonly look?: string;
  readonly disabled?: boolean;
  readonly heading: string;
  /** What will happen. */
  readonly lead: string;
  /** On the button that does it; without it the same as on the first. */
  readonly yes?: string;
  readonly act: () => void;
}

export function asked({ label, look = "", disabled = false, heading, lead, yes = label, act }: Question): TemplateResult {
  const put = (event: Event, open: boolean): void => {
    const dialog = (event.currentTarget as HTMLElement).closest(".asked")?.querySelector("dw-dialog");
    if (dialog) dialog.open = open;
  };
  const doIt = (event: Event): void => {
    put(event, false);
    act();
  };
  return html`<div class="asked">
    <button type="button" class=${look} ?disabled=${disabled} @click=${(event: Event) => put(event, true)}>${label}</button>
    <dw-dialog heading=${heading}>
      <p>${lead}</p>
      <button slot="actions" type="button" @click=${(event: Event) => put(event, false)}>${t("kit.cancel")}</button>
      <button slot="actions" type="button" class="danger" @click=${doIt}>${yes}</button>
    </dw-dialog>
  </div>`;
}
