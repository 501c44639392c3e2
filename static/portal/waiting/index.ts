/** What a customer sees who waits, beside the place in the queue. Loaded with the first chat in which somebody does. */

import "./room.ts";
import { texts } from "./texts.ts";

await texts.ready();
