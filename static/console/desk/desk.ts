/**
 * A technician at work: one socket, and the stores that its frames feed. Elements read the stores and call their methods;
 * only this file knows which frame belongs to whom.
 */
import type {
  Availability,
  TechnicianCompany,
  Lang,
  Languages,
  Me,
  Summary,
  TechnicianCommand,
  TechnicianEventFrame,
  TechnicianFrame,
  TechnicianWelcome,
  TicketFrame,
  Translation,
} from "../../shared/protocol.d.ts";
import { errorText } from "../../shared/error-text.ts";
import { CLOSE } from "../../shared/rules.ts";
import { language, t, type Key } from "../../shared/i18n.ts";
import type { Owner } from "../../shared/files/wire.ts";
import { shownName } from "../../shared/people.ts";
import { Refusal, Unreachable } from "../../shared/refusal.ts";
import { serverNow } from "../../shared/server-time.ts";
import { Socket, type SocketState } from "../../shared/socket.ts";
import { forget, recall, recallJson, remember, rememberJson } from "../../shared/storage.ts";
import { isSaid, said } from "../../shared/transcript.ts";
import { Drafts } from "../model/drafts.ts";
import { FIRST_ORDER, type Order } from "../model/list-store.ts";
import { subjectFor } from "../model/subject.ts";
import { becomesMine, partIn } from "../model/together.ts";
import { Chats } from "./chats.ts";
import { ask, type Ask, type ConsoleSocket } from "./connection.ts";
import { Mine } from "./mine.ts";
import { Notices } from "./notices.ts";
import { PreferenceStore } from "./preferences.ts";
import { DeskNews } from "./desk-news.ts";
import { SetupNews } from "./setup-news.ts";
import { SharedList } from "./shared-list.ts";
import { Steps } from "./steps.ts";
import { Store } from "./store.ts";
import { Together } from "./together.ts";
import { Toasts } from "./toasts.ts";

/** Nouns of the set-up by which colleagues, teams or queues change. */
const DIRECTORY: ReadonlySet<string> = new Set(["company", "portal", "team", "technician"]);
const ORDER_KEY = "console.order";
/** What a notification shows of a message. */
const NOTICE_CHARS = 200;

export interface Absence {
  readonly since: number;
  readonly until: number;
  /** Keys of tickets that were mine on this page before, and are not any more. */
  readonly lost: readonly string[];
}

export class Desk extends Store {
  /** This session has ended: sign in again. */
  onsignedout: () => void = () => undefined;

  me: Me;
  companies: readonly TechnicianCompany[] = [];
  /** Into which languages something can be translated now, from each. */
  languages: Languages["languages"] = {};
  /** Whether the server has greeted us at all; until then nothing is known. */
  welcomed = false;

  /** I counted as gone for a while, on this page. */
  absence: Absence | null = null;

  readonly toasts = new Toasts();
  readonly preferences = new PreferenceStore();
  readonly notices = new Notices(() => this.preferences.now);
  readonly drafts: Drafts;
  readonly list: SharedList;
  readonly mine: Mine;
  readonly chats: Chats;
  readonly steps: Steps;
  readonly together: Together;
  readonly setup = new SetupNews();
  readonly news = new DeskNews(this.setup);

  /** Whose files are on their way from here. */
  readonly owner: Owner;

  readonly #socket: ConsoleSocket;
  #open: string | null = null;
  /** Why the socket stays closed, as a close code. */
  #closed: number | null = null;

  constructor(me: Me) {
    super();
    this.me = me;
    this.owner = { memory: `t:${me.id}:`, token: null };
    this.#socket = new Socket<TechnicianCommand, TechnicianFrame>("/ws/v1/console", () => ({ type: "hello", lang: language() }));
    this.#socket.onframe = (frame) => this.#take(frame);
    this.#socket.onstate = (state, code) => this.#state(state, code);
    this.drafts = new Drafts({ get: recall, set: remember, remove: forget }, me.id);
    this.list = new SharedList(this.#socket, recallJson<Order>(ORDER_KEY) ?? FIRST_ORDER);
    this.mine = new Mine(me.id);
    this.chats = new Chats(this.#socket, me.id);
    this.steps = new Steps(this.#socket, this.toasts);
    this.together = new Together(this.#socket, this.toasts);
    this.mine.listen(() => this.#watchWhatMatters());
    this.together.listen(() => this.#keepPart());
    this.setup.listen((changed) => {
      if (changed === null || DIRECTORY.has(changed.noun)) void this.together.look();
    });
  }

  get connection(): SocketState {
    return this.#socket.state;
  }

  get available(): boolean {
    return this.me.availability === "available";
  }

  start(): void {
    this.#socket.connect();
    this.news.start();
  }

  dispose(): void {
    this.news.dispose();
    this.#socket.close();
    this.chats.dispose();
    this.notices.dispose();
  }

  /** This ticket is looked at now. */
  open(ticket: string | null): void {
    if (ticket === this.#open) return;
    this.#open = ticket;
    if (ticket) this.toasts.opened(ticket);
    this.#watchWhatMatters();
  }

  /** What is known of a ticket, from wherever it is known. */
  summary(ticket: string): Summary | null {
    const mine = this.mine.rows.find((row) => row.ticket.id === ticket)?.ticket;
    return this.chats.summary(ticket) ?? mine ?? this.list.model.get(ticket)?.ticket ?? null;
  }

  /** Another view, header or direction; remembered for the next time. */
  arrange(order: Order): void {
    rememberJson(ORDER_KEY, { ...order, only: null }); // teams and queues change; a part is chosen anew
    this.list.arrange(order);
  }

  /** Teams and queues have changed, and with them perhaps what is shown. */
  #keepPart(): void {
    const { order } = this.list;
    if (!order.only) return;
    const only = this.together.partNow(order.only, this.me.id);
    if (JSON.stringify(only) !== JSON.stringify(order.only)) this.arrange({ ...order, only });
  }

  async setAvailability(state: Availability): Promise<void> {
    await this.#tell({ type: "availability", state });
  }

  /** The customer of this ticket reads and writes this language. */
  async customerSpeaks(ticket: string, lang: Lang): Promise<void> {
    await this.#tell({ type: "set_language", ticket, lang });
  }

  async #tell(command: Ask): Promise<void> {
    try {
      await this.#socket.call(command);
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      this.toasts.say(errorText(error), { tone: "warning" });
    }
  }

  typing(ticket: string): void {
    this.#socket.post({ type: "typing", ticket });
  }

  /** I have read up to this event. */
  read(ticket: string, event: string): void {
    this.#socket.post({ type: "read", ticket, event });
  }

  /** Tries again after the server closed the socket for good (too many windows). */
  reconnect(): void {
    this.#closed = null;
    this.#socket.connect();
  }

  /** Somebody changed something of mine: I on the account page, perhaps in another tab, or an administrator. */
  became(me: Partial<Me>): void {
    this.me = { ...this.me, ...me };
    this.changed();
  }

  #state(state: SocketState, code: number | null): void {
    if (state !== "open") {
      this.list.pause();
      this.chats.pause();
    }
    if (state === "closed") this.#closed = code;
    this.changed();
    if (state === "closed" && code === CLOSE.UNAUTHENTICATED) this.onsignedout();
  }

  /** The server will not have us back as we are, and it is not about who we are. */
  get turnedAway(): boolean {
    return this.#socket.state === "closed" && this.#closed !== null && this.#closed !== CLOSE.UNAUTHENTICATED;
  }

  #take(frame: TechnicianFrame): void {
    switch (frame.type) {
      case "welcome":
        return this.#welcome(frame);
      case "me":
        return this.became(frame.me);
      case "languages":
        return this.#reach(frame.languages);
      case "translates":
        return this.chats.translates(frame);
      case "availability":
        return this.#availability(frame.state);
      case "access":
        return this.#access(frame.companies);
      case "ticket":
        return this.#ticket(frame);
      case "my_ticket":
        this.#comes(frame.ticket);
        this.mine.change(frame);
        this.chats.ticket(frame.ticket);
        return;
      case "mine":
        this.mine.take(frame);
        return;
      case "hint":
        this.list.hint(frame);
        this.mine.hint(frame);
        this.chats.hint(frame);
        return;
      case "counts":
        return this.list.count(frame);
      case "event":
        return this.#event(frame);
      case "typing":
        return this.chats.typing(frame);
      case "read":
        return this.chats.read(frame);
      case "heartbeat":
        return this.chats.tails(frame.tails);
      case "slow_path":
        return this.chats.slowPath(frame.ticket);
      case "customer_here":
        return this.chats.customerHere(frame);
      case "back":
        return void this.#wasAway(frame.absent_since);
      case "setup_changed":
        return this.setup.tell(frame);
      case "gone":
        return this.chats.gone(frame.ticket);
      case "signed_out":
        return this.onsignedout();
      default:
      // answers to commands: whoever asked has them already
    }
  }

  #welcome(frame: TechnicianWelcome): void {
    const { absent_since } = frame;
    // who begins the day has not been missed
    const missed = this.welcomed && absent_since !== null;
    this.me = frame.me;
    this.companies = frame.companies;
    this.languages = frame.languages;
    if (this.welcomed) this.setup.tell(null);
    else void this.together.look();
    this.welcomed = true;
    void (missed ? this.#wasAway(absent_since) : this.#askMine());
    if (this.available) this.list.start();
    else this.list.forget();
    this.chats.start();
    this.changed();
  }

  #reach(languages: Languages["languages"]): void {
    this.languages = languages;
    this.changed();
  }

  /** On each of my sockets, so in every tab. */
  #availability(state: Availability): void {
    this.me = { ...this.me, availability: state };
    if (this.available) {
      this.list.start();
      if (this.#open) this.chats.retry(this.#open);
    } else {
      this.list.forget();
      this.chats.forgetAllBut((ticket) => this.mine.has(ticket));
    }
    this.changed();
  }

  #access(companies: readonly TechnicianCompany[]): void {
    this.companies = companies;
    this.list.companies(companies.map(({ id }) => id));
    if (this.available) this.list.start();
    void this.#askMine();
    this.changed();
  }

  #ticket(frame: TicketFrame): void {
    this.list.ticket(frame);
    this.mine.ticket(frame.ticket);
    this.chats.ticket(frame.ticket);
    if (!frame.fresh) return;
    this.#notify(frame.ticket, t("notice.new", { key: frame.ticket.key }));
  }

  /** A colleague, a supervisor or automatic routing wants something of me. */
  #comes(ticket: Summary): void {
    const before = this.mine.rows.find((row) => row.ticket.id === ticket.id)?.ticket ?? null;
    if (!becomesMine(before, ticket, this.me.id)) return;
    const part = partIn(ticket, this.me.id);
    const who = ticket.offer?.by.name ?? ticket.assignee?.name ?? shownName(ticket.customer);
    const text = t(`together.notice_${part}` as Key, { key: ticket.key, who });
    if (ticket.id !== this.#open) this.toasts.say(text, { about: ticket.id });
    this.#notify(ticket, text);
  }

  #notify(ticket: Summary, title: string): void {
    const subject = subjectFor(ticket, this.me.language).text;
    this.notices.tell({ title, text: `${shownName(ticket.customer)}: ${subject}`, ticket: ticket.id, event: null });
  }

  #event(frame: TechnicianEventFrame): void {
    this.chats.event(frame);
    const { event, ticket } = frame;
    if (event.kind === "translation") return this.#translated(event);
    if (!isSaid(event) || event.author.role !== "customer" || !this.mine.has(ticket)) return;
    const looking = this.#open === ticket && document.visibilityState === "visible" && document.hasFocus();
    if (looking) return;
    const key = this.summary(ticket)?.key ?? "";
    this.notices.tell({ title: t("notice.message", { key, name: shownName(event.author.name) }), text: said(event).slice(0, NOTICE_CHARS), ticket, event: event.id });
  }

  /** The original was told at once; what is still to be read of it is read in my language now. */
  #translated({ of, lang, state, text }: Translation): void {
    if (of !== null && state === "done" && lang === this.me.language) this.notices.put(of, text.slice(0, NOTICE_CHARS));
  }

  /** Others thought that I was gone; what they did about my tickets meanwhile is said, and stays until it is read. */
  async #wasAway(since: number): Promise<void> {
    const before = this.mine.rows.map(({ ticket }) => ticket);
    await this.#askMine();
    const lost = before.filter(({ id }) => !this.mine.has(id)).map(({ key }) => key);
    this.absence = { since, until: serverNow(), lost };
    this.changed();
  }

  /** I have read it. */
  dismissAbsence(): void {
    this.absence = null;
    this.changed();
  }

  /** The next of My tickets. */
  async olderMine(): Promise<void> {
    const { more } = this.mine;
    if (more) await this.#tell({ type: "mine", before: more });
  }

  async #askMine(): Promise<void> {
    try {
      // the answer is taken as any `mine` frame is
      await ask(this.#socket, { type: "mine" }, "mine");
    } catch (error) {
      if (error instanceof Refusal && error.passing) setTimeout(() => void this.#askMine(), error.retry_after_ms ?? 2_000);
      else if (!(error instanceof Unreachable)) throw error;
    }
  }

  /** The ticket on the screen and all of mine, so that their unread counts and "typing…" live. */
  #watchWhatMatters(): void {
    const mine = this.mine.rows.map((row) => row.ticket.id);
    this.chats.keep(this.#open ? [this.#open, ...mine] : mine);
  }
}
