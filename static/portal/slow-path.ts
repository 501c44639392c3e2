/** What is loaded only where no WebSocket gets through. */

export { Detour } from "./detour.ts";
