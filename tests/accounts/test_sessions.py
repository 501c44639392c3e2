"""Sessions: how they begin, how long they live, and how they end everywhere at once."""

import pytest

from server.accounts.technicians import TOUCH_MS
from server.bus import topics
from server.bus.control import PersonChanged
from server.errors import Unauthenticated
from server.store import tables
from server.store import technicians as table
from tests.accounts.conftest import EMAIL, Place


async def seen_at(place: Place, session_hash: str) -> int:
    record = await place.store.read(lambda conn: table.session(conn, session_hash))
    assert record is not None
    return record.seen_at


async def ended(place: Place, cookie: str | None) -> bool:
    try:
        await place.technicians.session(cookie)
    except Unauthenticated:
        return True
    return False


@pytest.mark.parametrize("cookie", [None, "", "nonsense", "x" * 10_000, "\ud800", "0" * 43])
async def test_what_is_no_cookie_of_ours_is_nobody(place: Place, cookie: str | None) -> None:
    with pytest.raises(Unauthenticated):
        await place.technicians.session(cookie)


async def test_the_hash_in_the_database_is_no_cookie(place: Place) -> None:
    """Who reads a backup cannot sign in with it."""
    _, session = await place.sign_in()
    assert await ended(place, session.hash)


async def test_every_sign_in_makes_a_new_cookie(place: Place) -> None:
    """Session fixation: a cookie that was there before is never taken over."""
    cookies = {(await place.sign_in())[0] for _ in range(5)}
    assert len(cookies) == 5
    assert all(len(cookie) >= 43 for cookie in cookies), "256 bits"


async def test_a_session_ends_when_nobody_was_there_for_half_an_hour(place: Place) -> None:
    cookie, _ = await place.sign_in()
    for _ in range(5):
        place.clock.advance(minutes=29)
        await place.technicians.session(cookie)
    place.clock.advance(minutes=30)
    assert await ended(place, cookie)


async def test_a_session_ends_after_twelve_hours_whatever_happens(place: Place) -> None:
    cookie, _ = await place.sign_in()
    for _ in range(12 * 3 - 1):
        place.clock.advance(minutes=20)
        await place.technicians.session(cookie)
    place.clock.advance(minutes=20)
    assert await ended(place, cookie)


async def test_activity_is_written_at_most_once_a_minute(place: Place) -> None:
    cookie, session = await place.sign_in()
    began = await seen_at(place, session.hash)
    place.clock.advance(seconds=TOUCH_MS / 1000 - 1)
    await place.technicians.session(cookie)
    assert await seen_at(place, session.hash) == began
    place.clock.advance(seconds=1)
    await place.technicians.session(cookie)
    assert await seen_at(place, session.hash) == place.clock()


async def test_sign_out_ends_this_session_and_says_so(place: Place) -> None:
    cookie, session = await place.sign_in()
    other, _ = await place.sign_in()
    await place.technicians.sign_out(session)
    assert await ended(place, cookie)
    assert not await ended(place, other)
    assert [told.topic for told in place.announced] == [topics.person(session.technician.id)]
    assert [told.seq for told in place.announced] == [0]
    assert place.controls() == [PersonChanged(session.technician.id, ended_credentials=[session.hash])]
    await place.technicians.sign_out(session)
    assert place.controls() == [], "it ended once"


async def test_sign_out_everywhere_ends_all_sessions_of_this_person_only(place: Place) -> None:
    await place.add("omar@example.com")
    omar, _ = await place.sign_in("omar@example.com")
    mine = [await place.sign_in() for _ in range(3)]
    await place.technicians.sign_out_everywhere(mine[0][1].technician.id)
    assert all([await ended(place, cookie) for cookie, _ in mine])
    assert not await ended(place, omar)
    (change,) = place.controls()
    assert isinstance(change, PersonChanged)
    assert change.all_sessions
    assert set(change.ended_credentials or []) == {session.hash for _, session in mine}


async def test_a_replaced_cookie_ends_its_session(place: Place) -> None:
    cookie, _ = await place.sign_in()
    await place.technicians.sign_out_cookie(cookie)
    await place.technicians.sign_out_cookie("never seen")
    assert await ended(place, cookie)


async def test_a_disabled_account_is_out_at_once(place: Place) -> None:
    cookie, session = await place.sign_in()
    _, token = await place.technicians.own.new_token(session.technician.id, "integration")
    await place.roster.set_disabled(EMAIL, disabled=True)
    assert await ended(place, cookie)
    with pytest.raises(Unauthenticated):
        await place.technicians.by_api_token(token)
    assert await place.technicians.technician(session.technician.id) is None
    await place.roster.set_disabled(EMAIL, disabled=False)
    assert await ended(place, cookie), "enabling does not bring sessions back"
    assert (await place.technicians.by_api_token(token)).email == EMAIL


async def test_a_session_sees_access_as_it_is_now(place: Place) -> None:
    cookie, session = await place.sign_in()
    assert len(session.technician.companies) == 1
    await place.roster.set_access(EMAIL, give=("globex",))
    assert len((await place.technicians.session(cookie)).technician.companies) == 2
    await place.roster.set_access(EMAIL, take=("globex", "acme"))
    assert (await place.technicians.session(cookie)).technician.companies == frozenset()


async def test_sweeping_deletes_dead_sessions_only(place: Place) -> None:
    idle, _ = await place.sign_in()
    place.clock.advance(minutes=25)
    alive, _ = await place.sign_in()
    place.clock.advance(minutes=6)
    await place.technicians.sweep()
    rows = await place.store.read(lambda conn: conn.execute(tables.sessions.select()).all())
    assert len(rows) == 1
    assert await ended(place, idle)
    assert not await ended(place, alive)
