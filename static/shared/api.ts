/** The HTTP API. Answers are typed by the caller; everything of 400 and above becomes a Refusal. */

import type { Problem } from "./protocol.d.ts";
import { Refusal, Unreachable } from "./refusal.ts";
import { learnTime } from "./server-time.ts";

export interface RequestOptions {
  /** Bearer token; without it the cookie decides. */
  token?: string | null;
  /** Ends the request; it counts as unreachable then. */
  signal?: AbortSignal | null;
  headers?: Readonly<Record<string, string>>;
}

export function get<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  return request("GET", path, undefined, options).then(json<Answer>);
}

export function post<Answer = void>(path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer> {
  return request("POST", path, body, options).then(json<Answer>);
}

export function put<Answer = void>(path: string, body: unknown, options: RequestOptions = {}): Promise<Answer> {
  return request("PUT", path, body, options).then(json<Answer>);
}

export function remove<Answer = void>(path: string, options: RequestOptions = {}): Promise<Answer> {
  return request("DELETE", path, undefined, options).then(json<Answer>);
}

async function json<Answer>(answer: Response): Promise<Answer> {
  return (answer.status === 204 ? undefined : await answer.json()) as Answer;
}

/** The bare answer; everything of 400 and above is thrown. */
export async function request(method: string, path: string, body: unknown, options: RequestOptions): Promise<Response> {
  // X-Deskwire: no other site can send this header without asking first (CSRF)
  const headers: Record<string, string> = { "X-Deskwire": "1", ...options.headers };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (options.token) headers["Authorization"] = `Bearer ${options.token}`;
  let answer: Response;
  try {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    answer = await fetch(path, { method, headers, signal: options.signal ?? null, credentials: "same-origin", cache: "no-store", ...content });
  } catch {
    throw new Unreachable();
  }
  learnTime(answer.headers.get("date"));
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

/** A proxy between us and the server answers in its own words: then the status is all we know. */
async function refusal(answer: Response): Promise<Refusal> {
  try {
    return new Refusal((await answer.json()) as Problem);
  } catch {
    const code = answer.status >= 500 ? "busy" : answer.status === 404 ? "not_found" : "bad_input";
    return new Refusal({ code, message: `${answer.status} ${answer.statusText}` });
  }
}
