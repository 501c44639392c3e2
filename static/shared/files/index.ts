/** Everything about files that a page loads when the first one is wanted, or shown. Its texts come with it. */

import "./attach.ts";
import { texts } from "./texts.ts";

export { forgetFiles, uploadsOf } from "./places.ts";
export { Shelf } from "./shelf.ts";

await Promise.all([import("./file-card.ts"), texts.ready()]);
