/** Uploads over HTTP. By XMLHttpRequest, because fetch cannot tell how much of a body has gone out. */

import type { NewUpload, Problem, Upload, UploadPolicy } from "../protocol.d.ts";
import { Refusal, Unreachable } from "../refusal.ts";

/** Whose files these are: a customer's visit, a technician's desk. */
export interface Owner {
  /** Prefix of what is remembered for this person in this browser. */
  readonly memory: string;
  /** Bearer token, where a cookie does not come back. */
  readonly token: string | null;
}

/** A piece that does not move for so long is given up: phones change networks without a word. */
const STALLED_MS = 30_000;
/** Looking at the whole file comes before the answer to its last piece. */
const CHECKED_MS = 120_000;

/** The server's no to a file, with what it says beside the code. */
export class FileRefusal extends Refusal {
  readonly types: readonly string[];

  constructor(problem: Pick<Problem, "code" | "message"> & Partial<Problem>) {
    super(problem);
    this.name = "FileRefusal";
    this.types = problem.types ?? [];
  }
}

/** What `Uploads` needs of a server. */
export interface Wire {
  policy(): Promise<UploadPolicy>;
  begin(upload: NewUpload): Promise<Upload>;
  look(id: string): Promise<Upload>;
  send(id: string, offset: number, piece: Blob, moved: (bytes: number) => void, ended: AbortSignal): Promise<Upload>;
  cancel(id: string): Promise<void>;
}

/** `place`: the ticket's path in the API, /api/v1/customer/tickets/… or /api/v1/tickets/… */
export function wire(owner: Owner, place: string): Wire {
  const upload = (id: string): string => `${place}/uploads/${id}`;
  return {
    policy: () => ask(owner, "GET", `${place}/upload-policy`),
    begin: (body) => ask(owner, "POST", `${place}/uploads`, { json: body }),
    look: (id) => ask(owner, "GET", upload(id)),
    cancel: (id) => ask(owner, "DELETE", upload(id)),
    send: (id, offset, piece, moved, ended) => ask(owner, "PATCH", upload(id), { piece, offset, moved, ended }),
  };
}

interface Body {
  readonly json?: unknown;
  readonly piece?: Blob;
  readonly offset?: number;
  readonly moved?: (bytes: number) => void;
  readonly ended?: AbortSignal;
}

function ask<Answer>(owner: Owner, method: string, path: string, body: Body = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    const lost = (): void => reject(new Unreachable());
    const abort = (): void => asked.abort();
    let timer = setTimeout(abort, STALLED_MS);
    const wait = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(abort, ms);
    };
    asked.open(method, path);
    for (const [name, value] of headers(owner, body)) asked.setRequestHeader(name, value);
    asked.upload.onprogress = ({ loaded }) => {
      wait(STALLED_MS);
      body.moved?.(loaded);
    };
    asked.upload.onload = () => wait(CHECKED_MS);
    asked.onload = () => {
      try {
        resolve(answer<Answer>(asked));
      } catch (error) {
        reject(error);
      }
    };
    asked.onerror = asked.onabort = lost;
    asked.onloadend = () => {
      clearTimeout(timer);
      body.ended?.removeEventListener("abort", abort);
    };
    if (body.ended?.aborted) return lost();
    body.ended?.addEventListener("abort", abort);
    asked.send(body.piece ?? (body.json === undefined ? null : JSON.stringify(body.json)));
  });
}

function headers({ token }: Owner, { json, piece, offset }: Body): [string, string][] {
  // no other site can send X-Deskwire without asking first (CSRF)
  const found: [string, string][] = [["X-Deskwire", "1"]];
  if (json !== undefined) found.push(["Content-Type", "application/json"]);
  if (piece) found.push(["Content-Type", "application/octet-stream"], ["Upload-Offset", String(offset)]);
  if (token) found.push(["Authorization", `Bearer ${token}`]);
  return found;
}

/** Throws what the answer refuses. */
function answer<Answer>({ status, responseText }: XMLHttpRequest): Answer {
  if (status >= 400) throw refusal(status, parsed<Problem>(responseText));
  if (status === 204) return undefined as Answer;
  const said = parsed<Answer>(responseText);
  if (said === null) throw new Unreachable(); // a proxy's page, or an answer that was cut
  return said;
}

/** A proxy between us and the server answers in its own words: then the status is all we know. */
function refusal(status: number, problem: Problem | null): Refusal {
  if (problem) return new FileRefusal(problem);
  const code = status === 413 ? "too_large" : status === 404 ? "not_found" : status >= 500 ? "busy" : "bad_input";
  return new FileRefusal({ code, message: String(status) });
}

function parsed<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
