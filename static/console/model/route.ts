/** What the address after `#` says: which pane, which ticket. Nothing secret and no text of a customer ever stands there. */

/** The places of the left side; on a phone, the three of the bottom bar. */
export type Side = "tickets" | "mine" | "search";

export interface Route {
  readonly side: Side;
  readonly ticket: string | null;
  /** The details of the ticket are open (where they are a drawer or a page of their own). */
  readonly details: boolean;
  readonly account: boolean;
  /** The set-up, for administrators: section, thing, page of it. Null: somewhere else. */
  readonly admin: readonly string[] | null;
  /** An event of the transcript to show, as a search result names it. */
  readonly event: string | null;
}

export const HOME: Route = { side: "tickets", ticket: null, details: false, account: false, admin: null, event: null };

const SIDES: readonly Side[] = ["tickets", "mine", "search"];

const ID = /^[0-9a-f]{32}$/;
/** What an address names that was cut short or made up: a ticket that does not exist. The server takes ids only. */
const NOWHERE = "0".repeat(32);

/** `#/mine/<ticket>/details`, `#/search/<ticket>/at/<event>`, `#/account`, `#/admin/teams/<id>`; anything else is home. */
export function parse(hash: string): Route {
  const parts = hash.replace(/^#\/?/, "").split("/").map(decode);
  const [side, ticket, third, event] = parts;
  if (side === "account") return { ...HOME, account: true };
  if (side === "admin") return { ...HOME, admin: parts.slice(1).filter(Boolean) };
  const known = SIDES.find((name) => name === side);
  if (!known) return HOME;
  return {
    side: known,
    ticket: ticket ? (ID.test(ticket) ? ticket : NOWHERE) : null,
    details: Boolean(ticket) && third === "details",
    account: false,
    admin: null,
    event: (ticket && third === "at" && event) || null,
  };
}

export function format(route: Route): string {
  if (route.account) return "#/account";
  if (route.admin) return `#/${["admin", ...route.admin.map(encodeURIComponent)].join("/")}`;
  const parts: string[] = [route.side];
  if (route.ticket) parts.push(encodeURIComponent(route.ticket));
  if (route.ticket && route.details) parts.push("details");
  else if (route.ticket && route.event) parts.push("at", encodeURIComponent(route.event));
  return `#/${parts.join("/")}`;
}

/** One step back, as Esc and the arrow of a phone do. */
export function back(route: Route): Route {
  if (route.account) return HOME;
  if (route.admin) return route.admin.length === 0 ? HOME : { ...HOME, admin: route.admin.slice(0, -1) };
  if (route.details) return { ...route, details: false };
  if (route.ticket) return { ...route, ticket: null, event: null };
  return { ...HOME };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
