/** The address with which a ticket is continued on another device; loaded when somebody wants it. */

import { post } from "../shared/api.ts";
import type { ResumeLink } from "../shared/protocol.d.ts";
import type { Visit } from "./visit.ts";

/** null: it was copied. Where the page may not write to the clipboard (plain HTTP, some iframes) the link, to be shown. */
export async function copyLink({ slug, token }: Visit, ticket: string): Promise<string | null> {
  const { resume } = await post<ResumeLink>(`/api/v1/customer/tickets/${ticket}/resume-link`, undefined, { token });
  const link = `${location.origin}/p/${slug}#resume=${resume}`;
  try {
    await navigator.clipboard.writeText(link);
    return null;
  } catch {
    return link;
  }
}
