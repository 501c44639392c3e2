/** The files of a conversation, as the details pane lists them: the latest first. */
import { html, nothing } from "lit";
import { language, t } from "../../shared/i18n.ts";
import { shownName } from "../../shared/people.ts";
import type { Details, FileSent } from "../../shared/protocol.d.ts";
import { serverNow } from "../../shared/server-time.ts";
import { size } from "../../shared/size.ts";
import { clock, day, exact } from "../../shared/time.ts";
import type { Transcript } from "../../shared/transcript.ts";

/** Nothing where nobody has sent a file. */
export function filesBlock(ticket: string, { lines, older }: Transcript<Details>) {
  const files = lines.flatMap(({ event }) => (event.kind === "file" ? event : [])).toReversed();
  if (files.length === 0) return nothing;
  return html`<section aria-labelledby="files">
    <h2 id="files">${t("details.files")} · ${files.length}</h2>
    <ul class="files">
      ${files.map((event) => html`<li>${entry(ticket, event)}</li>`)}
    </ul>
    ${files.some(({ file }) => file.scanned === null) ? html`<p class="hint">${t("details.files_unscanned")}</p>` : nothing}
    ${older ? html`<p class="hint">${t("details.files_earlier")}</p>` : nothing}
  </section>`;
}

function entry(ticket: string, { file, author, at }: FileSent) {
  const when = `${day(at, serverNow(), language())}, ${clock(at, language())}`;
  return html`<a href="/api/v1/tickets/${ticket}/files/${file.id}" download=${file.name} title=${file.name} dir="auto">${file.name}</a>
    <p title=${exact(at, language())}>${size(file.size)} · ${shownName(author.name)} · ${when}</p>`;
}
