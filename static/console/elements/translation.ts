/** What a technician sees of translations in an open ticket. Loaded with the first one that has some. */
import { html, type ReactiveControllerHost, type TemplateResult } from "lit";
import type { Details, Lang } from "../../shared/protocol.d.ts";
import * as translation from "../../shared/translation/index.ts";
import type { Reading } from "../../shared/translation/readings.ts";
import type { Notice } from "../../shared/translation/words.ts";
import type { Transcript } from "../../shared/transcript.ts";
import type { Desk } from "../desk/desk.ts";
import { subjectFor } from "../model/subject.ts";

export interface Subject {
  readonly text: string;
  readonly lang: Lang | null;
  /** Turns to the other version. */
  readonly turn: TemplateResult;
}

export class TicketTranslation {
  readonly #host: ReactiveControllerHost;
  readonly #reader: translation.Reader;
  /** The ticket whose subject is shown as it was written. */
  #turned: string | null = null;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    this.#reader = new translation.Reader(host);
  }

  readings(transcript: Transcript<Details>, desk: Desk): ReadonlyMap<string, Reading> | undefined {
    const situation = situationOf(transcript, desk);
    return situation ? this.#reader.read(transcript, situation) : undefined;
  }

  /** What the customer will read of a reply. */
  notice(transcript: Transcript<Details>, desk: Desk): Notice | null {
    const situation = situationOf(transcript, desk);
    return situation && translation.otherReads(situation, transcript.ticket?.summary.customer ?? "");
  }

  /** The subject in my language; null: nobody has translated it. */
  subject(transcript: Transcript<Details>, mine: Lang | null): Subject | null {
    const { ticket } = transcript;
    if (!ticket) return null;
    const { id, subject } = ticket.summary;
    const here = subjectFor(ticket.summary, mine);
    if (here.lang === null) return null;
    // the event that says from which language is not here where the transcript is long
    const { source = null, via = null } = translation.subjectIn(mine, transcript) ?? {};
    const turned = this.#turned === id;
    const label = turned
      ? `${translation.written(source)}. ${translation.t("translation.translation")}`
      : `${translation.origin(source, via)}. ${translation.t("translation.original")}`;
    const turn = html`<button class="bare icon" aria-label=${label} title=${label} @click=${() => this.#turn(turned ? null : id)}>
      <dw-icon name="translate"></dw-icon>
    </button>`;
    return turned ? { text: subject, lang: source, turn } : { ...here, turn };
  }

  #turn(ticket: string | null): void {
    this.#turned = ticket;
    this.#host.requestUpdate();
  }
}

function situationOf({ ticket }: Transcript<Details>, { me, languages, preferences }: Desk) {
  return ticket && translation.techniciansSituation(ticket, me, languages, preferences.now.originals);
}
