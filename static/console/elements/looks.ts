/** Small things that several elements show the same way: a status, a waiting time, a person. */
import { css, html, nothing, type TemplateResult } from "lit";
import type { Hint, Lang, Summary } from "../../shared/protocol.d.ts";
import { language, t, type Key } from "../../shared/i18n.ts";
import { serverNow } from "../../shared/server-time.ts";
import { clock, day, exact, lasting, sameDay } from "../../shared/time.ts";
import { takesOver } from "../../shared/steps.ts";
import type { StaffStep } from "../desk/steps.ts";
import { subjectFor } from "../model/subject.ts";
import { urgency, waitingSince } from "../model/waiting.ts";

export const looks = css`
  .chip {
    display: inline-block;
    max-width: 100%;
    padding: 0 7px;
    border-radius: 9px;
    background: var(--sunken);
    color: var(--text-soft);
    font-size: var(--size-12);
    line-height: 18px;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .chip.new {
    background: var(--accent-tint);
    color: var(--accent-text);
  }
  .chip.in_progress {
    background: var(--success-tint);
    color: var(--success-text);
  }
  .chip.reopened {
    background: var(--warning-tint);
    color: var(--warning-text);
  }
  .chip.done {
    background: none;
    box-shadow: inset 0 0 0 1px var(--line);
    color: var(--text-faint);
  }
  .wait {
    color: var(--text-faint);
    font-size: var(--size-12);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .wait.late {
    color: var(--warning-text);
    font-weight: 600;
  }
  .wait.too-late {
    color: var(--danger-text);
    font-weight: 600;
  }
  .offline {
    margin-inline-end: 3px;
    color: var(--danger-text);
    vertical-align: -0.2em;
  }
  .presence {
    width: 9px;
    height: 9px;
    border: 2px solid var(--text-faint);
    border-radius: 50%;
  }
  .presence.here {
    border-color: var(--success-text);
    background: var(--success-text);
  }
  .priority {
    color: var(--danger-text);
    font-weight: 700;
  }
  .priority.low {
    color: var(--text-faint);
  }
  .left-mark {
    color: var(--warning-text);
    vertical-align: -0.2em;
  }
  .verified {
    color: var(--success-text);
    vertical-align: -0.2em;
  }
  .unread {
    display: inline-block;
    min-width: 18px;
    padding: 0 5px;
    border-radius: 9px;
    background: var(--accent);
    color: var(--on-accent);
    font-size: var(--size-12);
    font-variant-numeric: tabular-nums;
    font-weight: 600;
    line-height: 18px;
    text-align: center;
  }
  .cut {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;

/** The word of a ticket's status; an open one that nobody has taken is new (G-11). */
export function statusWord(ticket: Pick<Summary, "status" | "view" | "news">): string {
  if (ticket.news && ticket.view === "new") return t("ticket.status.news");
  return t(isNew(ticket) ? "ticket.status.new" : (`ticket.status.${ticket.status}` satisfies Key));
}

export function statusChip(ticket: Pick<Summary, "status" | "view" | "news">): TemplateResult {
  const word = statusWord(ticket);
  return html`<span class="chip ${isNew(ticket) ? "new" : ticket.status}" title=${word}>${word}</span>`;
}

function isNew({ status, view }: Pick<Summary, "status" | "view">): boolean {
  return status === "open" && view === "new";
}

/** What the button of a step says: to assign a ticket of somebody who is gone is to take it over. */
export function actionKey(step: StaffStep, ticket: Summary, me: string): Key {
  return step === "assign" && takesOver(ticket, me) ? "action.take_over" : `action.${step}`;
}

/** Whether the customer is connected right now: a dot that is full or hollow, and the words. */
export function customerDot(here: boolean): TemplateResult {
  const said = t(here ? "ticket.customer_here" : "ticket.customer_gone");
  return html`<span class="presence ${here ? "here" : ""}" role="img" aria-label=${said} title=${said}></span>`;
}

/** Who has the ticket, and whether that person is gone: in a drawing and in words. */
export function assigneeName({ assignee, absent_since }: Summary): TemplateResult | typeof nothing {
  if (assignee === null) return nothing;
  if (absent_since === null) return html`${assignee.name}`;
  const said = t("ticket.offline_since", { name: assignee.name, time: exact(absent_since, language()) });
  return html`<dw-icon class="offline" name="offline" title=${said}></dw-icon><span class="unseen">${t("ticket.offline")}: </span
    >${assignee.name}`;
}

/** The subject as this technician reads it. */
export function subjectOf(ticket: Summary, mine: Lang | null): TemplateResult {
  const { text, lang } = subjectFor(ticket, mine);
  return html`<span lang=${lang ?? nothing}>${text}</span>`;
}

/** For those who point at it: also in the customer's own words. */
export function wholeSubject(ticket: Summary, mine: Lang | null): string {
  const { text, lang } = subjectFor(ticket, mine);
  return lang === null ? text : `${text} (${ticket.subject})`;
}

/** When something was, as short as it can be said: a time of today, else a day with its time. */
export function timeOf(at: number): string {
  const time = clock(at, language());
  return sameDay(at, serverNow()) ? time : `${day(at, serverNow(), language())}, ${time}`;
}

/** How long the customer waits, in colour and in words; nothing where nobody waits. */
export function waiting(ticket: Summary, hint: Hint, now: number): TemplateResult | typeof nothing {
  const since = waitingSince(ticket, hint);
  if (since === null) return nothing;
  const time = lasting(now - since, language());
  const said = t("ticket.waiting_since", { time: exact(since, language()) });
  return html`<span class="wait ${urgency(ticket.portal, since, now)}" title=${said}
    ><span class="unseen">${t("ticket.waits")} </span>${time}</span
  >`;
}

/** How long ago, with the exact time for those who point at it. */
export function ago(at: number, now: number): TemplateResult {
  return html`<time class="wait" title=${exact(at, language())}>${lasting(now - at, language())}</time>`;
}

export function verifiedMark(verified: boolean): TemplateResult | typeof nothing {
  if (!verified) return nothing;
  return html`<dw-icon class="verified" name="verified" title=${t("ticket.verified")}></dw-icon
    ><span class="unseen">${t("ticket.verified")}</span>`;
}

/** The customer is not there, and wants to be told by e-mail. */
export function leftMark(tellLater: boolean): TemplateResult | typeof nothing {
  if (!tellLater) return nothing;
  return html`<dw-icon class="left-mark" name="mail" title=${t("ticket.tell_later")}></dw-icon
    ><span class="unseen">${t("ticket.tell_later")}</span>`;
}

export function priorityWord(priority: number): string {
  return t(`priority.${PRIORITIES[priority + 1] ?? "normal"}` satisfies Key);
}

const PRIORITIES = ["low", "normal", "high", "urgent"] as const;

/** A drawing and a word, where a ticket is not as urgent as all others. */
export function priorityMark(priority: number): TemplateResult | typeof nothing {
  if (priority === 0) return nothing;
  const word = priorityWord(priority);
  const mark = priority < 0 ? "↓" : "!".repeat(priority);
  return html`<span class="priority ${priority < 0 ? "low" : ""}" role="img" aria-label=${word} title=${word}>${mark}</span> `;
}

export function unreadBadge(count: number): TemplateResult | typeof nothing {
  if (count === 0) return nothing;
  const label = t("ticket.unread", { n: count });
  return html`<span class="unread" role="img" aria-label=${label} title=${label}>${count > 99 ? "99+" : count}</span>`;
}
