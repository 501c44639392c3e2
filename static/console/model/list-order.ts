/** How two tickets stand to each other under a header. The server sorts; this only says whether a change moved a row. */
import type { Sort, Summary } from "../../shared/protocol.d.ts";

type Rank = string | number;

const RANK: Record<Sort, (ticket: Summary) => Rank> = {
  time: (ticket) => ticket.created_at,
  key: (ticket) => keyRank(ticket.key),
  customer: (ticket) => ticket.customer.toLowerCase(),
  company: (ticket) => ticket.company.name.toLowerCase(),
  status: (ticket) => ticket.status,
  assignee: (ticket) => ticket.assignee?.name.toLowerCase() ?? "",
};

export function compare(a: Summary, b: Summary, sort: Sort): number {
  const x = RANK[sort](a);
  const y = RANK[sort](b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function sameRank(a: Summary, b: Summary, sort: Sort): boolean {
  return compare(a, b, sort) === 0;
}

/** `ACME-9` stands before `ACME-10`. */
function keyRank(key: string): string {
  const dash = key.lastIndexOf("-");
  return key.slice(0, dash + 1) + key.slice(dash + 1).padStart(12, "0");
}
