/** A chat's way to the desk: a WebSocket, and where none gets through, HTTP (C-03). */

import { dialBrowser, type Wire } from "../shared/socket.ts";

export class Dialer {
  /** Whether the wire in use goes over HTTP. */
  slow = false;
  #path: typeof import("./slow-path.ts") | undefined;

  /** After three sockets that brought nothing it is HTTP's turn, and then every other time. */
  readonly dial = (path: string, failed: number): Wire => {
    if (failed > 1) void this.#load();
    const http = failed > 2 && failed % 2 === 1 ? this.#path : undefined;
    this.slow = !!http;
    return http ? new http.Detour(path) : dialBrowser(path);
  };

  async #load(): Promise<void> {
    try {
      this.#path = await import("./slow-path.ts");
    } catch {
      // HTTP does not get through either; asked for again at the next turn
    }
  }
}
