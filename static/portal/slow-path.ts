/** What is loaded only where no WebSocket gets through. */

// loaded long ago and not used here: named, so that the bundler leaves all of it in one chunk, as in extras.ts
import "./customer.ts";

export { Detour } from "./detour.ts";
