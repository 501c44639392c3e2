/** Everything about translations that a page loads with the first ticket in which there are some. Its texts come with it. */

import "./said.ts";
import { texts } from "./texts.ts";

export { choices } from "./choices.ts";
export { Reader } from "./reader.ts";
export { customersSituation, subjectIn, techniciansSituation } from "./readings.ts";
export { t } from "./texts.ts";
export { origin, otherReads, written } from "./words.ts";

await texts.ready();
