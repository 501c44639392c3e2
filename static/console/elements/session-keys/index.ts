/** Session keys: everything that the console loads when somebody asks for one. */
import "./dialog.ts";
import { texts } from "./texts.ts";

await texts.ready();
