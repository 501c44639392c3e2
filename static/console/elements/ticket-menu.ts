/** What the menu of an open ticket offers: to copy, to save, the customer's phone, how translations are shown. */
import { download } from "../../shared/download.ts";
import { errorText } from "../../shared/error-text.ts";
import { t } from "../../shared/i18n.ts";
import type { MenuItem } from "../../shared/menu.ts";
import type { Summary } from "../../shared/protocol.d.ts";
import { translated } from "../../shared/transcript.ts";
import type { Desk } from "../desk/desk.ts";
import { isMine } from "../model/my-tickets.ts";
import type { Purpose } from "./together/colleagues.ts";

const FORMATS = ["html", "text", "json"] as const;

export function ticketMenu(desk: Desk, ticket: string, showPhone: () => void, ask: (purpose: Purpose) => void): MenuItem[] {
  const summary = desk.summary(ticket);
  const saving = (notes: boolean): MenuItem[] =>
    FORMATS.map((format, i) => ({
      label: t(`transcript.as_${format}`),
      icon: "download",
      act: () => void save(desk, ticket, format, notes),
      ...(i === 0 ? { group: t(notes ? "transcript.with_notes" : "transcript.without_notes") } : {}),
    }));
  return [
    { label: t("ticket.copy_key"), icon: "copy", act: () => void copy(desk, summary?.key ?? "") },
    { label: t("ticket.copy_link"), icon: "copy", act: () => void copy(desk, location.href) },
    ...phoneItem(desk, summary, showPhone),
    ...(summary ? togetherItems(desk, summary, ask) : []),
    ...originalsItem(desk, ticket),
    ...saving(false),
    ...saving(true),
  ];
}

/** A key is for those whose chat it is, while it goes on. */
function phoneItem(desk: Desk, summary: Summary | null, showPhone: () => void): MenuItem[] {
  if (!summary || !isMine(summary, desk.me.id) || summary.chat === "ended") return [];
  return [{ label: t("ticket.phone"), icon: "phone", act: showPhone }];
}

/** The owner transfers and invites; a supervisor gives, and takes away. */
function togetherItems(desk: Desk, ticket: Summary, ask: (purpose: Purpose) => void): MenuItem[] {
  const items: MenuItem[] = [];
  if (isMine(ticket, desk.me.id)) {
    if (ticket.offer === null) items.push({ label: t("together.transfer"), icon: "mine", act: () => ask("transfer") });
    if (ticket.chat !== "ended") items.push({ label: t("together.invite"), icon: "mine", act: () => ask("invite") });
  }
  if (desk.together.mayGive(ticket).length > 0) {
    items.push({ label: t("together.give"), icon: "mine", act: () => ask("give") });
    if (ticket.assignee && !isMine(ticket, desk.me.id)) {
      items.push({ label: t("together.take_away"), icon: "mine", act: () => void desk.together.take("take_away", ticket.id) });
    }
  }
  const [first, ...others] = items;
  return first ? [{ ...first, group: "" }, ...others] : [];
}

function originalsItem({ chats, preferences }: Desk, ticket: string): MenuItem[] {
  if (!translated(chats.get(ticket)?.transcript)) return [];
  const { originals } = preferences.now;
  return [{ label: t("account.originals"), group: "", checked: originals, act: () => preferences.change({ originals: !originals }) }];
}

async function save(desk: Desk, ticket: string, format: (typeof FORMATS)[number], notes: boolean): Promise<void> {
  try {
    await download(`/api/v1/tickets/${ticket}/transcript?format=${format}&notes=${notes ? 1 : 0}`);
  } catch (error) {
    desk.toasts.say(errorText(error), { tone: "warning" });
  }
}

async function copy({ toasts }: Desk, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toasts.say(t("ticket.copied", { text }));
  } catch {
    // plain HTTP has no clipboard: show it, so that it can be copied by hand
    toasts.say(text);
  }
}
