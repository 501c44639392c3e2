// Generated from server/ by scripts/generate. Do not edit.
export const VERSION = 1;
/** Status after a step, or the rule that refuses it. */
export const STATUS_AFTER = {
    assign: { open: "in_progress", in_progress: "in_progress", reopened: "in_progress", waiting_dev: "waiting_dev", pending: "pending", awaiting_feedback: "awaiting_feedback", done: { rule: "ticket_done" } },
    unassign: { open: "open", in_progress: "open", reopened: "reopened", waiting_dev: "waiting_dev", pending: "pending", awaiting_feedback: "awaiting_feedback", done: { rule: "ticket_done" } },
    join: { open: "open", in_progress: "in_progress", waiting_dev: "waiting_dev", pending: "pending", awaiting_feedback: "awaiting_feedback", reopened: "reopened", done: { rule: "ticket_done" } },
    end_chat: { open: "open", in_progress: "in_progress", waiting_dev: "waiting_dev", pending: "pending", awaiting_feedback: "awaiting_feedback", reopened: "reopened", done: { rule: "ticket_done" } },
    close: { open: "done", in_progress: "done", waiting_dev: "done", pending: "done", awaiting_feedback: "done", reopened: "done", done: { rule: "ticket_done" } },
    reopen: { open: { rule: "not_done" }, in_progress: { rule: "not_done" }, waiting_dev: { rule: "not_done" }, pending: { rule: "not_done" }, awaiting_feedback: { rule: "not_done" }, reopened: { rule: "not_done" }, done: "reopened" },
    customer_end: { open: "open", in_progress: "in_progress", waiting_dev: "waiting_dev", pending: "pending", awaiting_feedback: "awaiting_feedback", reopened: "reopened", done: { rule: "ticket_done" } },
    customer_resume: { open: "open", in_progress: "in_progress", waiting_dev: "waiting_dev", pending: "pending", awaiting_feedback: "awaiting_feedback", reopened: "reopened", done: { rule: "ticket_done" } },
};
/** Chat state after a step, or the rule that refuses it. */
export const CHAT_AFTER = {
    assign: { not_joined: "not_joined", joined: "joined", ended: "ended" },
    join: { not_joined: "joined", joined: "joined", ended: "joined" },
    unassign: { not_joined: "not_joined", joined: "not_joined", ended: "ended" },
    end_chat: { not_joined: { rule: "not_joined" }, joined: "ended", ended: { rule: "chat_ended" } },
    close: { not_joined: "ended", joined: "ended", ended: "ended" },
    reopen: { not_joined: "not_joined", joined: "not_joined", ended: "not_joined" },
    customer_end: { not_joined: "ended", joined: "ended", ended: { rule: "chat_ended" } },
    customer_resume: { not_joined: { rule: "chat_running" }, joined: { rule: "chat_running" }, ended: "not_joined" },
};
/** Steps that only the assignee may take. */
export const OWNER_STEPS = ["join", "unassign", "end_chat", "close"];
export const UNDOABLE = ["end_chat", "close"];
/** How long End chat and Close can be undone. */
export const UNDO_MS = 5000;
/** Bounds on what people may send, with where each number comes from. Settings may tighten rates, never these shapes. */
export const LIMITS = {
    /** Characters of one chat message (Zulip allows 10,000; a screen of log is about 8,000). */
    TEXT_CHARS: 8000,
    /** UTF-8 bytes of one chat message: 8,000 characters of four bytes. */
    TEXT_BYTES: 32768,
    SUBJECT_CHARS: 300,
    NAME_CHARS: 300,
    /** RFC 5321 leaves 254 for an address. */
    EMAIL_CHARS: 254,
    /** One WebSocket message (Centrifugo's limit). */
    FRAME_BYTES: 65536,
    /** The first message of a socket, before we know who it is. */
    HELLO_BYTES: 8192,
    PAGE_EVENTS: 100,
    PAGE_BYTES: 262144,
    /** Further behind than this a client gets a fresh snapshot instead of what it missed. */
    RESUME_EVENTS: 1000,
    SNAPSHOT_EVENTS: 50,
    /** Most rows of the ticket list in one page. */
    LIST_PAGE: 200,
    /** All and Completed are counted up to here and then shown as "1,000+". */
    COUNT_CAP: 1000,
    /** Fewer characters than this are not searched (G-06). */
    SEARCH_CHARS: 2,
    SEARCH_RESULTS: 50,
};
/**
 * Close codes of our sockets. The range tells a client what to do, the reason text is for people.
 *
 * 1001, 1006, 1011, 1012, 1013 and 4000-4499: come back with back-off and resume. 4500-4999: do not come back as you are.
 */
export const CLOSE = {
    /** The server restarts. */
    GOING_AWAY: 1012,
    TRY_LATER: 1013,
    /** The outgoing queue of this socket was full: resume from your last number. */
    SLOW: 4008,
    /** A fault on our side; the reason carries an id that stands in the log. */
    INTERNAL: 4011,
    /** The first message did not come in time, or was not a hello. */
    NO_HELLO: 4501,
    /** No valid session or token: sign in (console) or open a new ticket (customer). */
    UNAUTHENTICATED: 4502,
    /** A message that is no command of this protocol. */
    BAD_FRAME: 4503,
    /** Too many commands; come back more slowly. */
    FLOOD: 4429,
    TOO_MANY_SOCKETS: 4504,
};
