"""Being there, as sockets see it: who is renewed, who may say that others are gone, and what windows are told."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from server.accounts import changes
from server.background import LOOK_EVERY
from server.bus.control import WhoIsHere, control_of
from server.channels.presences import LOOKS, Presences
from server.channels.technician import TechnicianDoor
from server.desk import availability, presence, steps
from server.domain.ticket import Step
from server.settings import Settings
from server.store.tables import technicians
from tests.channels.conftest import Frame, Neighbour, Wire
from tests.support.office import Worker


async def age(place: Neighbour, worker: Worker, seconds: int) -> None:
    """So much time has passed for this person alone."""
    columns = {name: technicians.c[name] - seconds * 1000 for name in ("present_at", "present_until", "absent_since")}
    changed = update(technicians).where(technicians.c.id == worker.id).values(columns)
    await place.house.desk().store.write(lambda tx: tx.conn.execute(changed))


async def absent_since(place: Neighbour, worker: Worker) -> int | None:
    query = select(technicians.c.absent_since).where(technicians.c.id == worker.id)
    return await place.house.desk().store.read(lambda conn: conn.execute(query).scalar_one())


class Silent:
    """A line on which nothing has come since then."""

    def __init__(self, heard_at: float) -> None:
        self.heard_at = heard_at

    def take(self, frame: bytes) -> bool:
        raise NotImplementedError(frame)

    def listen(self, listener: Callable[[bytes | str], None]) -> None:
        raise NotImplementedError(listener)


class Watch:
    """The look at who is gone, with a clock in our hands."""

    def __init__(self, place: Neighbour) -> None:
        self.now = 1_000.0
        self.presences = Presences(place.house.rooms(), lambda: self.now)

    async def goes_on(self, seconds: float) -> None:
        """Look every five seconds, renewing nobody."""
        for _ in range(int(seconds / 5)):
            self.now += 5
            await self.presences.look(renew=False)


def test_with_the_settings_as_they_are_45_seconds_are_enough() -> None:
    """C-08: the lease, the next look at leases, and the next look at what was not heard of over Redis."""
    lease = Settings().presence_seconds
    assert lease + lease / LOOKS + LOOK_EVERY <= 45


@pytest.fixture
def worker(place: Neighbour) -> Worker:
    return place.office.worker("Lena")


async def test_open_consoles_are_renewed(place: Neighbour, worker: Worker) -> None:
    """And those that are not open, or have fallen silent, are not."""
    await place.console(worker)
    watch = Watch(place)
    await age(place, worker, 34)
    await watch.presences.look(renew=True)
    await age(place, worker, 34)
    await watch.goes_on(60)
    assert await absent_since(place, worker) is None
    [door] = place.house.rooms().open
    assert isinstance(door, TechnicianDoor)
    door.socket._line = Silent(asyncio.get_running_loop().time() - 36)
    await watch.presences.look(renew=True)
    await age(place, worker, 2)
    await watch.goes_on(5)
    assert await absent_since(place, worker) is not None


async def test_nobody_is_gone_before_a_process_has_watched_for_a_whole_lease(place: Neighbour, worker: Worker) -> None:
    """After a start, and after it was stopped itself or had no database: others may have waited for it."""
    wire = await place.console(worker)
    wire.drop()
    await wire.gone()
    await age(place, worker, 500)
    watch = Watch(place)
    await watch.goes_on(35)
    assert await absent_since(place, worker) is None
    watch.now += 30  # stopped meanwhile
    await watch.goes_on(35)
    assert await absent_since(place, worker) is None
    await watch.goes_on(5)
    assert await absent_since(place, worker) is not None


async def test_a_process_that_was_stopped_renews_its_own_people_first(place: Neighbour, worker: Worker) -> None:
    """Its technicians sit before their consoles as ever, and their leases have run out."""
    await place.console(worker)
    watch = Watch(place)
    await watch.goes_on(60)
    await age(place, worker, 500)
    watch.now += 500
    await watch.presences.look(renew=False)
    await watch.goes_on(60)
    assert await absent_since(place, worker) is None


async def test_signing_out_is_heard_at_once(place: Neighbour, worker: Worker) -> None:
    """Nobody waits for a lease that was let go: the news comes before the next look would."""
    opened = await place.open()
    desk, max_ = place.house.desk(), await place.console(place.office.worker("Max"))
    await max_.call("list")
    lena = await desk.technicians.technician(worker.id)
    assert lena is not None
    lena = await availability.set_availability(desk, lena, "available")
    await steps.take_step(desk, lena, opened.ticket.id, Step.ASSIGN)
    await desk.store.write(lambda tx: changes.end_all_sessions(tx, worker.id))
    frame = await max_.find(lambda f: f["type"] == "ticket" and f["ticket"]["absent_since"] is not None)
    assert frame["ticket"]["assignee"]["name"] == "Lena"


async def test_who_comes_back_is_told_since_when_he_was_missed(place: Neighbour, worker: Worker) -> None:
    """In the first answer of the window that comes back, and in every other window."""
    opened = await place.open()
    lena = await place.console(worker)
    assert lena.of("welcome")[0]["absent_since"] is not None, "a new account has never been there"
    await lena.call("assign", ticket=opened.ticket.id)
    await lena.call("list")
    assert (await place.console_of_same(lena)).of("welcome")[0]["absent_since"] is None
    await age(place, worker, 36)
    await presence.sweep(place.house.desk(), only_let_go=False)
    since = await absent_since(place, worker)
    again = await place.console_of_same(lena)
    assert again.of("welcome")[0]["absent_since"] == since
    assert (await lena.find(lambda f: f["type"] == "back"))["absent_since"] == since
    marks = [frame["ticket"]["absent_since"] for frame in lena.of("ticket")]
    assert marks[-2:] == [since, None]


# --- customers --------------------------------------------------------------------------------------------------------


async def here(wire: Wire, expected: bool, count: int) -> None:
    """Told so for the ``count``-th time."""

    def fits(_frame: Frame) -> bool:
        told = wire.of("customer_here")
        return len(told) >= count and told[count - 1]["here"] is expected

    await wire.find(fits)


async def test_whether_the_customer_is_connected(place: Neighbour, worker: Worker) -> None:
    """Told on both sides of coming: a technician who begins to look later asks, and the customer's socket answers."""
    opened = await place.open()
    lena = await place.console(worker)
    await lena.call("watch", ticket=opened.ticket.id)
    await lena.settled()
    assert lena.of("customer_here") == []
    ada = await place.customer(opened)
    await ada.call("watch", ticket=opened.ticket.id)
    await here(lena, True, 1)
    late = await place.console_of_same(lena)
    await late.call("watch", ticket=opened.ticket.id)
    await here(late, True, 1)
    ada.drop()
    await here(late, False, 2)


async def test_a_customer_with_two_windows_is_there_until_the_second_is_shut(place: Neighbour, worker: Worker) -> None:
    opened = await place.open()
    lena = await place.console(worker)
    await lena.call("watch", ticket=opened.ticket.id)
    windows = [await place.customer(opened) for _ in range(2)]
    for ada in windows:
        await ada.call("watch", ticket=opened.ticket.id)
    await here(lena, True, 2)
    windows[0].drop()
    await windows[0].gone()
    assert opened.ticket.id in place.house.rooms().connected
    windows[1].drop()
    await here(lena, False, 3)
    await lena.settled()
    assert len(lena.of("customer_here")) == 3


async def test_who_comes_back_at_once_has_not_left(place: Neighbour, worker: Worker) -> None:
    """A page that is reloaded; thousands of them, when everybody was cut."""
    opened, other = await place.open(), await place.open()
    lena = await place.console(worker)
    for one in (opened, other):
        await lena.call("watch", ticket=one.ticket.id)
    for one in (opened, other):
        ada = await place.customer(one)
        await ada.call("watch", ticket=one.ticket.id)
        ada.drop()
        await ada.gone()
    again = await place.customer(opened)
    await again.call("watch", ticket=opened.ticket.id)
    gone = await lena.find(lambda frame: frame["type"] == "customer_here" and not frame["here"])
    assert gone["ticket"] == other.ticket.id
    assert [f["here"] for f in lena.of("customer_here") if f["ticket"] == opened.ticket.id] == [True, True]


async def test_a_connected_customer_is_told_of_again_and_again(place: Neighbour, worker: Worker) -> None:
    """With the heartbeat: a console forgets what is not repeated, as when the customer's server was killed."""
    opened = await place.open()
    lena, ada = await place.console(worker), await place.customer(opened)
    for wire in (lena, ada):
        await wire.call("watch", ticket=opened.ticket.id)
    told = len(lena.of("customer_here"))
    for door in place.house.rooms().open:
        door.heartbeat()
    await here(lena, True, told + 1)


async def test_a_customer_never_sees_the_question(place: Neighbour, worker: Worker) -> None:
    opened = await place.open()
    lena, ada = await place.console(worker), await place.customer(opened)
    await ada.call("watch", ticket=opened.ticket.id)
    await lena.call("watch", ticket=opened.ticket.id)
    await here(lena, True, 1)
    await ada.settled()
    kinds = {frame["type"] for frame in ada.frames}
    assert kinds.isdisjoint({"who_is_here", "customer_here"})
    assert isinstance(control_of(b'{"type":"who_is_here"}'), WhoIsHere)
