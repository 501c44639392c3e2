/** Canned replies: everything that the console loads when somebody wants one. */
import "./picker.ts";
import { texts } from "./texts.ts";

await texts.ready();
