/** How a command or request can fail: the server said no, or it could not be asked. */

/** The server's no. `code` is stable (server/errors.py and the rules of a ticket), `message` is English, for people. */
export class Refusal extends Error {
  readonly code: string;
  readonly who: string | null;
  readonly field: string | null;
  readonly resend_from: number | null;
  readonly retry_after_ms: number | null;
  /** Why exactly, and what a text about that names. */
  readonly reason: string | null;
  readonly values: Readonly<Record<string, string>>;

  constructor(answer: {
    code: string;
    message: string;
    who?: string | null;
    field?: string | null;
    resend_from?: number | null;
    retry_after_ms?: number | null;
    reason?: string | null;
    values?: Readonly<Record<string, string>> | null;
  }) {
    super(answer.message);
    this.name = "Refusal";
    this.code = answer.code;
    this.who = answer.who ?? null;
    this.field = answer.field ?? null;
    this.resend_from = answer.resend_from ?? null;
    this.retry_after_ms = answer.retry_after_ms ?? null;
    this.reason = answer.reason ?? null;
    this.values = answer.values ?? {};
  }

  /** Whether the same thing may work a moment later. */
  get passing(): boolean {
    return PASSING.has(this.code);
  }
}

const PASSING = new Set(["busy", "too_many", "storage_full"]);

/** No answer came. What was asked for may or may not have happened. */
export class Unreachable extends Error {
  constructor(message = "The server cannot be reached.") {
    super(message);
    this.name = "Unreachable";
  }
}
