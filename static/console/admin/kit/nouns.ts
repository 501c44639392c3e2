/** What administrators set up: the words of each noun on the wire, and the requests. */
import type {
  AdministrationCompany,
  CannedReply,
  CannedReplyDraft,
  CompanyDraft,
  CustomerAccount,
  CustomerAccountDraft,
  Form,
  FormDraft,
  IssueType,
  IssueTypeDraft,
  Notice,
  NoticeDraft,
  PortalDraft,
  PortalItem,
  Schedule,
  ScheduleDraft,
  Team,
  TeamDraft,
  TechnicianDraft,
  TechnicianItem,
} from "../../../shared/protocol.d.ts";
import { get, post, remove, request } from "../../../shared/api.ts";

interface Nouns {
  company: { draft: CompanyDraft; item: AdministrationCompany };
  portal: { draft: PortalDraft; item: PortalItem };
  technician: { draft: TechnicianDraft; item: TechnicianItem };
  team: { draft: TeamDraft; item: Team };
  issue_type: { draft: IssueTypeDraft; item: IssueType };
  form: { draft: FormDraft; item: Form };
  schedule: { draft: ScheduleDraft; item: Schedule };
  notice: { draft: NoticeDraft; item: Notice };
  canned_reply: { draft: CannedReplyDraft; item: CannedReply };
  customer_account: { draft: CustomerAccountDraft; item: CustomerAccount };
}

export type NounName = keyof Nouns;
export type Draft<N extends NounName> = Required<Nouns[N]["draft"]>;
export type Item<N extends NounName> = Nouns[N]["item"];

const PLURALS: Readonly<Record<NounName, string>> = {
  company: "companies",
  portal: "portals",
  technician: "technicians",
  team: "teams",
  issue_type: "issue-types",
  form: "forms",
  schedule: "schedules",
  notice: "notices",
  canned_reply: "canned-replies",
  customer_account: "customers",
};

/** Fields of an item that are no part of its draft, beside id and version. */
const READ_ONLY: Readonly<Partial<Record<NounName, readonly string[]>>> = {
  portal: ["identity_secrets"],
  technician: ["second_factor", "one_time_password"],
  issue_type: ["company"],
  notice: ["created_at", "waiting"],
  customer_account: ["has_password", "link"],
};

export function draftOf<N extends NounName>(noun: N, item: Item<N>): Draft<N> {
  const left = ["id", "version", ...(READ_ONLY[noun] ?? [])];
  return Object.fromEntries(Object.entries(item).filter(([name]) => !left.includes(name))) as unknown as Draft<N>;
}

/** These belong to nobody's company; all the others do. */
const OF_THE_DESK: readonly NounName[] = ["company", "technician"];

export function ofCompany(noun: NounName): boolean {
  return !OF_THE_DESK.includes(noun);
}

/** The address of a noun, of one thing, or of something that can be done to it. */
export function address(noun: NounName, ...parts: readonly string[]): string {
  return ["/api/v1/admin", PLURALS[noun], ...parts].join("/");
}

/** Of these there may be any number: they come in pages, and the server searches them. */
const PAGED: readonly NounName[] = ["customer_account"];

export function isPaged(noun: NounName): boolean {
  return PAGED.includes(noun);
}

export interface Page<N extends NounName> {
  readonly items: readonly Item<N>[];
  readonly more?: boolean;
}

/** All of them; of those that come in pages the one after an item, of what has these words in it. */
export function fetchPage<N extends NounName>(noun: N, company: string | null, search: string, after: string | null): Promise<Page<N>> {
  const asked = new URLSearchParams({ ...(company && { company }), ...(search && { search }), ...(after && { after }) });
  return get(`${address(noun)}?${asked}`);
}

export function fetchOne<N extends NounName>(noun: N, id: string): Promise<Item<N>> {
  return get(address(noun, id));
}

export function add<N extends NounName>(noun: N, draft: Draft<N>): Promise<Item<N>> {
  return post(address(noun), draft);
}

/** Refused with `changed_meanwhile` where it is not of this version any more. */
export async function change<N extends NounName>(noun: N, id: string, version: number, draft: Draft<N>): Promise<Item<N>> {
  const answer = await request("PUT", address(noun, id), draft, { headers: { "If-Match": String(version) } });
  return (await answer.json()) as Item<N>;
}

export function takeAway(noun: NounName, id: string): Promise<void> {
  return remove(address(noun, id));
}
