"""What there is to translate: a text with all that decides from what and into what. Pure, but for reading it.

The rules stand in domain/translation; this puts together what they want to know.
"""

import msgspec
from sqlalchemy import Connection

from server.domain import translation as rules
from server.domain.language import Guess
from server.domain.translation import Made
from server.store import translation
from server.store.base import Store
from server.store.leasing import Leased
from server.store.translation import Original, TicketLanguages
from server.translation.base import Outcome


class Work(msgspec.Struct, frozen=True):
    """A text, and all that decides into what it is translated."""

    ticket: TicketLanguages
    original: Original
    made: dict[str, Made]
    """by language"""


class Said(msgspec.Struct, frozen=True):
    """What translators say about a text: what they take it for, and what they made of it."""

    guess: Guess
    source: str | None
    outcomes: dict[str, Outcome]


async def messages(store: Store, leased: list[Leased]) -> dict[int, Work]:
    """What rows of the outbox come to, by their ids; nothing for what is no message.

    Only of a message that is taken once more something may have been made. Where it was after all, that counts.
    """
    again = [one for one in leased if one.row.attempts > 1]
    made = await store.read(lambda conn: _made(conn, again)) if again else {}
    return {
        one.row.id: Work(one.ticket, one.original, made.get(one.row.id, {}))
        for one in leased
        if one.ticket and one.original
    }


def _made(conn: Connection, leased: list[Leased]) -> dict[int, dict[str, Made]]:
    """What was made of each message, by language."""
    return {
        row.id: translation.made_since(conn, row.ticket_id, original.seq).get(original.of, {})
        for row, original in ((one.row, one.original) for one in leased)
        if original
    }


def of_ticket(conn: Connection, ticket_id: str) -> list[Work]:
    """The subject and the last messages; nothing where nothing is translated any more."""
    ticket = translation.of_ticket(conn, ticket_id)
    if not ticket.translate:
        return []
    last = translation.last_messages(conn, ticket_id)
    first = last[0].seq if last else 0
    made = translation.made_since(conn, ticket_id, first)
    subject = Original(None, 0, 0, ticket.subject, by_customer=True, technician=None)
    works = [Work(ticket, message, made.get(message.of, {})) for message in last]
    return [Work(ticket, subject, translation.made_of_subject(conn, ticket_id)), *works]


def _known(work: Work) -> str | None:
    """What the author of a text is known to write."""
    return work.ticket.languages.customer if work.original.by_customer else work.original.technician


def source_of(work: Work, guess: Guess) -> str | None:
    """What a text is translated from."""
    ticket, by_customer = work.ticket.languages, work.original.by_customer
    others = [*ticket.readers, *([] if by_customer or ticket.customer is None else [ticket.customer])]
    return rules.source_of(guess, _known(work), chosen=by_customer and ticket.chosen, others=others)


def missing_of(work: Work, source: str | None) -> dict[str, bool]:
    """Languages about which something is still to be said, and whether the customer gets that."""
    targets = rules.targets(work.ticket.languages, by_customer=work.original.by_customer)
    return {
        lang: visible
        for lang, visible in targets.items()
        if rules.is_open(lang, source, _known(work), work.made.get(lang), visible=visible)
    }


def after_vote(work: Work, guess: Guess) -> Work:
    """As it will be when this message has been heard."""
    if not work.original.by_customer:
        return work
    ticket = work.ticket
    customer, _heard = rules.vote(ticket.languages, ticket.heard, work.original.seq, guess)
    voted = msgspec.structs.replace(ticket.languages, customer=customer)
    return msgspec.structs.replace(work, ticket=msgspec.structs.replace(ticket, languages=voted))


def failed(work: Work) -> Said:
    """That it failed, for each language, of a text that nobody has looked at."""
    guess = Guess(None, 0.0, 0)
    source = source_of(work, guess)
    return Said(guess, source, {lang: Outcome("failed", reason="engine") for lang in missing_of(work, source)})
