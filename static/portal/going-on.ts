/** What a chat needs once it goes on: the line of a lost connection, and who is typing. Loaded right after it has begun. */

import "../shared/connection-bar.ts";
import "../shared/typing.ts";
