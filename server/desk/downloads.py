"""A ticket's whole transcript as HTML, text or JSON (G-30, C-36). Transcripts never expire.

They are written beside the event loop: one may have tens of thousands of lines.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection

from server.desk import shapes
from server.desk.desk import Desk, found, staff
from server.desk.messages import scope_of
from server.domain import language, limits
from server.domain.forms import Answer
from server.domain.people import Customer, Technician
from server.protocol import codec, rest
from server.protocol import customer as c
from server.protocol import technician as t
from server.protocol.shared import FileSent, LanguageChanged, Message, News, PortalClosed, StatusChanged, Translation
from server.store import tickets, transcript
from server.store.scope import Scope
from server.store.tickets import TicketRecord
from server.store.transcript import Audience, EventRecord

Entry = t.StaffEntry | c.CustomerEntry
Format = Literal["html", "text", "json"]
MEDIA: Final[dict[Format, str]] = {
    "html": "text/html; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "json": "application/json",
}
SUFFIX: Final[dict[Format, str]] = {"html": "html", "text": "txt", "json": "json"}

AMONG_COLLEAGUES: Final = ("note", "offered", "offer_declined", "offer_withdrawn", "invited", "uninvited")
"""Lines of which a transcript without notes has none."""

_LINES: Final = {
    "assigned": "took the ticket",
    "unassigned": "gave the ticket back",
    "taken_over": "took the ticket over",
    "joined": "joined the chat",
    "came": "joined the chat",
    "went": "left the chat",
    "left": "left the chat",
    "chat_ended": "ended the chat",
    "chat_resumed": "went on with the chat",
    "closed": "closed the ticket",
    "reopened": "reopened the ticket",
    "waits_for_news": "waits for news of a notice",
    "device_joined": "went on with the chat on another device",
    "tell_later": "left, to be told by e-mail",
    "stays": "waits here after all",
    "shared": "changed who reads this ticket",
}


class Download(msgspec.Struct, frozen=True):
    """A file to save."""

    name: str
    media: str
    content: bytes


async def for_technician(desk: Desk, technician: Technician, ticket_id: str, kind: Format, *, notes: bool) -> Download:
    """With or without notes. Raises NotFound."""
    ticket, answers, events = await desk.store.read(lambda conn: _all(conn, staff(technician), ticket_id, "staff"))

    def written() -> bytes:
        some = [event for event in events if notes or event.kind not in AMONG_COLLEAGUES]
        numbered = [t.Numbered(event.staff_seq, shapes.staff_entry(event)) for event in some]
        if kind == "json":
            return codec.encode(rest.StaffTranscript(shapes.details(ticket, answers), numbered))
        return _render(ticket, answers, [n.event for n in numbered], kind)

    return _download(ticket, kind, await asyncio.to_thread(written))


async def for_customer(desk: Desk, customer: Customer, ticket_id: str, kind: Format) -> Download:
    """What the customer saw. Raises NotFound."""
    ticket, answers, events = await desk.store.read(lambda conn: _all(conn, scope_of(customer), ticket_id, "customer"))

    def written() -> bytes:
        numbered = [c.Numbered(e.customer_seq, shapes.customer_entry(e)) for e in events if e.customer_seq is not None]
        if kind == "json":
            return codec.encode(rest.CustomerTranscript(shapes.customer_ticket(ticket), answers, numbered))
        return _render(ticket, answers, [n.event for n in numbered], kind)

    return _download(ticket, kind, await asyncio.to_thread(written))


def _all(
    conn: Connection, scope: Scope, ticket_id: str, audience: Audience
) -> tuple[TicketRecord, list[Answer], list[EventRecord]]:
    ticket = found(tickets.get(conn, scope, ticket_id))
    events: list[EventRecord] = []
    seq = 0
    while page := transcript.after(conn, ticket.id, audience, seq, limits.RESUME_EVENTS):
        events += page
        seq = (page[-1].staff_seq if audience == "staff" else page[-1].customer_seq) or seq
    return ticket, tickets.answers(conn, ticket), events


def _download(ticket: TicketRecord, kind: Format, content: bytes) -> Download:
    return Download(f"{ticket.key}.{SUFFIX[kind]}", MEDIA[kind], content)


def _render(ticket: TicketRecord, answers: list[Answer], entries: Sequence[Entry], kind: Format) -> bytes:
    return (_html if kind == "html" else _text)(ticket, answers, entries).encode()


def _when(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _line(entry: Entry) -> str:
    if isinstance(entry, Translation):
        return _translated(entry)
    if isinstance(entry, Message):
        return f"{entry.author.name}: {entry.text}"
    if isinstance(entry, FileSent):
        return f"{entry.author.name}: [file] {entry.file.name} ({entry.file.size:,} bytes)"
    if isinstance(entry, t.Note):
        return f"{entry.author.name} (note): {entry.text}"
    if isinstance(entry, LanguageChanged):
        return f"* the customer's language: {language.name(entry.lang)}"
    if isinstance(entry, c.Returned | t.Returned):
        return "* the technician is gone; the ticket is back in the queue"
    if isinstance(entry, PortalClosed):
        return "* the portal has closed" + (f"; it opens {_when(entry.opens_at)}" if entry.opens_at else "")
    if isinstance(entry, News):
        return "* the notice is over" if entry.change == "over" else "* the notice has changed"
    if isinstance(entry, _TOGETHER):
        return f"* {_together(entry)}"
    said = _LINES.get(str(type(entry).__struct_config__.tag))
    if said is None and isinstance(entry, StatusChanged):
        return f"* status: {entry.status}"
    return f"* {entry.author.name} {said}"


_TOGETHER: Final = (
    t.Transferred,
    t.Given,
    t.TakenAway,
    t.Offered,
    t.OfferDeclined,
    t.OfferWithdrawn,
    t.Invited,
    t.Uninvited,
)
"""What several technicians did with a ticket."""


def _together(entry: Entry) -> str:
    match entry:
        case t.Transferred():
            return f"{entry.author.name} has accepted the ticket from {entry.previous}"
        case t.Given():
            return f"{entry.author.name or 'automatic routing'} gave the ticket to {entry.to}"
        case t.TakenAway():
            return f"{entry.author.name} put the ticket of {entry.previous} back into the queue"
        case t.Offered():
            return f"{entry.author.name} offers the ticket to {entry.to}" + _comment(entry.comment)
        case t.OfferDeclined():
            return f"{entry.author.name} declined the ticket"
        case t.OfferWithdrawn():
            return f"{entry.author.name} keeps the ticket; it is not offered to {entry.to} any more"
        case t.Invited():
            return f"{entry.author.name} invited {entry.who} into the chat" + _comment(entry.comment)
        case t.Uninvited():
            return f"{entry.who} does not come into the chat"
        case _:
            raise TypeError(f"{entry!r} is not about several technicians")


def _comment(comment: str | None) -> str:
    return f": {comment}" if comment else ""


def _text(ticket: TicketRecord, answers: list[Answer], entries: Sequence[Entry]) -> str:
    lines, made = _with_translations(entries)
    head = "".join(f"\n{_line(one)}" for one in made.get(None, []))
    text = f"{ticket.key} {ticket.subject}{head}\n{ticket.customer_name}, {ticket.company}\n"
    text += f"{ticket.issue_type}\n" if ticket.issue_type else ""
    text += "".join(f"{answer.label}: {answer.shown}\n" for answer in answers) + "\n"
    for entry in lines:
        text += f"[{_when(entry.at)}] {_line(entry)}\n"
        text += "".join(f"  {_line(one)}\n" for one in made.get(entry.id, []))
    return text


def _html(ticket: TicketRecord, answers: list[Answer], entries: Sequence[Entry]) -> str:
    """A document without any style or script, so that it is safe wherever it is opened."""
    lines, made = _with_translations(entries)
    rows = []
    for entry in lines:
        note = ' class="note"' if isinstance(entry, t.Note) else ""
        stamp = datetime.fromtimestamp(entry.at / 1000, UTC).isoformat(timespec="seconds")
        texts = f"<p>{_escaped(_line(entry))}</p>" + "".join(_html_translation(one) for one in made.get(entry.id, []))
        rows.append(f'<li{note}><time datetime="{stamp}">{_when(entry.at)}</time>{texts}</li>')
    title = escape(f"{ticket.key} {ticket.subject}")
    subject = "".join(_html_translation(one) for one in made.get(None, []))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f"<h1>{title}</h1>{subject}<p>{escape(ticket.customer_name)}, {escape(ticket.company)}</p>"
        f"{_html_form(ticket, answers)}<ol>{''.join(rows)}</ol></body></html>\n"
    )


def _html_form(ticket: TicketRecord, answers: list[Answer]) -> str:
    """What the ticket is about, and what was answered."""
    about = f"<p>{escape(ticket.issue_type)}</p>" if ticket.issue_type else ""
    rows = "".join(f"<dt>{escape(answer.label)}</dt><dd>{_escaped(answer.shown)}</dd>" for answer in answers)
    return about + (f"<dl>{rows}</dl>" if rows else "")


def _escaped(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _html_translation(entry: Translation) -> str:
    return f'<p class="translation" lang="{escape(entry.lang)}">{_escaped(_line(entry))}</p>'


# --- translations -----------------------------------------------------------------------------------------------------


def _with_translations(entries: Sequence[Entry]) -> tuple[list[Entry], dict[str | None, list[Translation]]]:
    """(all other lines, the last translation of each into each language: they stand below what they translate)"""
    last: dict[tuple[str | None, str], Translation] = {}
    for entry in entries:
        if isinstance(entry, Translation):
            last[entry.of, entry.lang] = entry
    made: dict[str | None, list[Translation]] = {}
    for (of, _lang), entry in last.items():
        if entry.state == "done":
            made.setdefault(of, []).append(entry)
    return [entry for entry in entries if not isinstance(entry, Translation)], made


def _translated(entry: Translation) -> str:
    source = language.name(entry.source) if entry.source else "?"
    by_way = f" via {language.name(entry.via)}" if entry.via else ""
    return f"[machine translation, {source} → {language.name(entry.lang)}{by_way}] {entry.text}"
