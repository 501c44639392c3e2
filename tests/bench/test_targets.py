"""What is measured does what is measured: the references keep their promise, and Deskwire is spoken to as it wants."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bench import processes
from bench.driven import Driver
from bench.driver import orders
from bench.ours import Desk
from bench.scenarios import messages, queue, translating
from bench.session import Options, Session
from bench.target import Target
from server.domain.ticket import Status
from server.store import search, tables
from server.store.scope import StaffScope
from server.translation import phrasebook
from tests.support.postgres import Postgres

SHORT = Options(rate=100, chats=3, seconds=0.4, warm=0.0, rounds=1, sockets=6, technicians=3)
MAKERS: dict[str, Callable[[Session], Target]] = {
    "echo": Session.echo,
    "embedded relay": partial(Session.relay, module="embedded"),
    "plain relay": partial(Session.relay, module="plain"),
    "bare relay": partial(Session.relay, module="bare"),
    "Deskwire": Session.desk,
    "Deskwire, 2 workers": partial(Session.desk, workers=2),
}


@pytest.fixture(scope="module")
def session(postgres: Postgres) -> Iterator[Session]:
    """Small, and on the PostgreSQL that all tests share."""
    with Session(SHORT) as session:
        session.postgres = postgres
        yield session


@pytest.fixture(scope="module")
def packages(session: Session) -> Path:
    """The phrasebook, installed."""
    folder = session.folder()
    phrasebook.install_missing(folder)
    return folder


@pytest.mark.parametrize("name", MAKERS)
def test_messages_arrive_and_who_is_cut_comes_back(session: Session, name: str) -> None:
    """Nothing is lost, nothing twice, all are answered; and each who was away reads exactly what he missed."""
    target = MAKERS[name](session)
    crowd = target.chats(SHORT.chats)
    with session.running(target):
        assert len(processes.family(target.root)) >= target.workers
        with Driver() as driver:
            driver.do(orders.Open(target.port, crowd.seats))
            _, returned = driver.cut(5)
        found = messages.sample(session, name, target, crowd)
    talked = found.talked
    assert talked.sent > 0
    assert (talked.lost, talked.doubled, talked.strayed, talked.unanswered, talked.refused) == (0, 0, 0, 0, 0)
    assert talked.acknowledged == talked.sent
    assert talked.delivered == talked.sent * (1 if name == "echo" else 2)
    assert returned.wrong == 0
    if isinstance(target, Desk):
        assert talked.sound


def test_every_message_has_its_translation(session: Session, packages: Path) -> None:
    """With the phrasebook, while whoever translates is killed: the originals are whole, and each is translated once."""
    cases = [translating.OFF, translating.MORE, translating.KILLED]
    off, more, found = translating.turns(session, packages, translating.EMBEDDED, 1, cases)
    assert off.talked.sound
    assert more.talked.sound
    assert off.talked.translations == more.talked.translations == {}
    assert sum(len(second.ms) for second in off.talked.to_other_ms) == off.talked.to_other.count
    talked = found.talked
    assert talked.sent > 0
    assert talked.sound
    assert sum(talked.translations.values()) == talked.sent
    assert talked.translations["done"] > talked.sent / 2
    assert 0 < talked.to_translation.count <= talked.sent
    assert found.late_ms > 0


def test_a_change_of_the_list_reaches_every_console(session: Session) -> None:
    """Tickets that are taken."""
    found = queue.sample(session, 40, workers=1)
    talked = found.talked
    assert talked.sent > 0
    assert talked.delivered == talked.sent * SHORT.technicians
    assert talked.sound


@pytest.mark.parametrize("workers", [1, 2], ids=["SQLite", "PostgreSQL"])
def test_what_is_filled_in_is_what_the_product_would_have_stored(session: Session, workers: int) -> None:
    """Numbers without holes, counters that agree, words that are found, and a list that goes on counting."""
    desk = session.desk(workers)
    place = desk.place()
    desk.tickets(place, 1, 5, 4, Status.DONE)
    desk.tickets(place, 6, 9, 3, Status.OPEN)
    events, tickets = tables.events, tables.tickets
    numbers = select(tickets.c.id, tickets.c.staff_seq, func.count(), func.min(events.c.staff_seq))
    joined = numbers.join(events, events.c.ticket_id == tickets.c.id).group_by(tickets.c.id, tickets.c.staff_seq)
    found = desk.write(lambda conn: conn.execute(joined.order_by(tickets.c.id)).all())
    wanted = [(place.ticket(i), n, n, 1) for i, n in enumerate([4] * 5 + [3] * 4, start=1)]
    assert [tuple(row) for row in found] == wanted
    scope = StaffScope("nobody", frozenset({place.company}), available=True)
    hits = desk.write(lambda conn: search.find(conn, scope, "room 7 reports", 50))
    assert {row.ticket_id for row in hits} == {place.ticket(7)}
    assert desk.write(lambda conn: conn.execute(text("SELECT list_seq FROM companies")).scalars().all()) == [9]


def test_the_index_of_words_is_made_anew(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where so many come that it is dropped first."""
    monkeypatch.setattr("bench.filling.MANY", 3)
    desk = session.desk(2)
    desk.tickets(desk.place(), 1, 5, 1, Status.DONE)
    index = "SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_search_words'"
    assert desk.write(lambda conn: conn.execute(text(index)).scalar_one()) == 1
