/** Customers with a password: what a portal with sign-in shows in place of its form, and in the menu. Loaded with it. */

import { html } from "lit";
import { addIcons } from "../../shared/icon.ts";
import { late } from "../../shared/late.ts";
import type { MenuItem } from "../../shared/menu.ts";
import { forgetDevice } from "../forget.ts";
import type { Journey } from "../journey.ts";
import "./entry.ts";
import { t, texts } from "./texts.ts";

await texts.ready();
addIcons({
  key: "M14 10a4 4 0 1 0-4 4l1-1h2v-2h2zM8 9v.01M13 12l7 7v2h-3v-2h-2v-2l-2-2",
  leave: "M14 4h5v16h-5M9 8l-4 4 4 4M5 12h10",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c0-4 3.5-6 8-6s8 2 8 6",
});

/** Whether somebody has to sign in before he can write. */
export function asked({ portal, visit: { session } }: Journey): boolean {
  return portal?.sign_in === "required" && session.account === null && !session.verified;
}

/** Sign-in, with a link of an invitation if there is one. */
export function page(journey: Journey, link: string | null = null) {
  return html`<main><dw-entry .journey=${journey} .link=${link}></dw-entry></main>`;
}

/** What is in the menu besides what everybody has. */
export function items(journey: Journey): MenuItem[] {
  const { portal, chat, visit: { session } } = journey;
  if (session.account === null) {
    if (session.verified) return [];
    return [{ label: t("account.sign_in"), icon: "person", act: () => journey.enterPage((one) => page(one)) }];
  }
  const more = (act: (part: typeof import("./own.ts")) => void): void => void late(() => import("./own.ts")).then(act, () => undefined);
  const found: MenuItem[] = [];
  if (chat && portal?.share_with) {
    found.push({ label: t("account.share"), icon: "person", act: () => more(({ sharing }) => journey.enterPage(sharing(chat.ticket))) });
  }
  found.push({ label: t("account.requests"), icon: "list", act: () => more(({ requests }) => journey.enterPage(requests)) });
  found.push({ label: t("account.change_password"), icon: "key", act: () => more(({ password }) => journey.enterPage(password)) });
  found.push({ label: t("account.sign_out"), icon: "leave", act: () => void forgetDevice(journey) });
  return found;
}
