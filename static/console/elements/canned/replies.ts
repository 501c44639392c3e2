/** The canned replies of companies, asked for once and again when an administrator has changed some. */
import { get } from "../../../shared/api.ts";
import type { CannedReplies, CannedReply, Portal } from "../../../shared/protocol.d.ts";
import type { Desk } from "../../desk/desk.ts";

export class Replies {
  readonly #companies = new Map<string, Promise<readonly CannedReply[]>>();
  readonly #portals = new Map<string, Promise<string>>();

  constructor(desk: Desk) {
    desk.setup.listen((changed) => {
      if (changed === null || changed.noun === "canned_reply") this.#companies.clear();
      if (changed === null || changed.noun === "portal") this.#portals.clear();
    });
  }

  of(company: string): Promise<readonly CannedReply[]> {
    return kept(this.#companies, company, async () => {
      return (await get<CannedReplies>(`/api/v1/canned-replies?company=${company}`)).items;
    });
  }

  /** What a portal calls itself. */
  portal(slug: string): Promise<string> {
    return kept(this.#portals, slug, async () => (await get<Portal>(`/api/v1/portals/${slug}`)).name);
  }
}

/** What could not be had is asked for again the next time. */
function kept<Value>(known: Map<string, Promise<Value>>, key: string, ask: () => Promise<Value>): Promise<Value> {
  const there = known.get(key);
  if (there) return there;
  const asked = ask();
  known.set(key, asked);
  asked.catch(() => known.delete(key));
  return asked;
}

const desks = new WeakMap<Desk, Replies>();

export function repliesOf(desk: Desk): Replies {
  const replies = desks.get(desk) ?? new Replies(desk);
  desks.set(desk, replies);
  return replies;
}
