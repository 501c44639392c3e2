"""The way in: one answer for everything wrong, delays for guessers, never a lock for the owner."""

import asyncio
import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.accounts.passwords import Passwords
from server.accounts.technicians import WRONG, Technicians
from server.accounts.throttle import network_of
from server.errors import BadInput, TooMany, Unauthenticated
from server.store import tables
from server.store import technicians as table
from server.store.technicians import Account
from tests.accounts.conftest import AWAY, EMAIL, HOME, PASSWORD, CountingPasswords, Place


async def account(place: Place, email: str = EMAIL) -> Account:
    found = await place.store.read(lambda conn: table.by_email(conn, email))
    assert found is not None
    return found


async def refused(place: Place, email: str, password: str, address: str = AWAY) -> str:
    """The message of a refused sign-in."""
    with pytest.raises(Unauthenticated) as error:
        await place.sign_in(email, password, address=address)
    return error.value.message


async def test_the_right_password_opens_a_session(place: Place) -> None:
    cookie, session = await place.sign_in("  Lena@EXAMPLE.com ")
    assert session.technician.email == EMAIL
    assert not session.must_change_password
    assert await place.technicians.session(cookie) == session
    stored = await place.store.read(lambda conn: table.session(conn, session.hash))
    assert stored is not None
    assert cookie not in repr(stored), "the cookie itself is nowhere in the database"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(password=st.text(max_size=128).filter(lambda text: text != PASSWORD))
async def test_no_other_password_opens_anything_on_any_path(place: Place, password: str) -> None:
    """Sign-in, change of password and switching the second factor off, each asked with a wrong password."""
    place.clock.advance(hours=2)  # nothing that came before delays this
    assert await refused(place, EMAIL, password) == WRONG
    assert await refused(place, "nobody@example.com", password, "192.0.2.77") == WRONG
    me = (await account(place)).technician.id
    with pytest.raises(BadInput):
        await place.technicians.own.change_password(me, "0" * 64, password, "a completely new password")
    place.clock.advance(minutes=2)
    with pytest.raises(BadInput):
        await place.technicians.own.stop_totp(me, password)


async def test_unknown_disabled_and_wrong_look_alike_and_cost_the_same_hash(place: Place) -> None:
    await place.add("gone@example.com")
    await place.roster.set_disabled("gone@example.com", disabled=True)
    place.passwords.verified.clear()
    answers = {
        await refused(place, "nobody@example.com", PASSWORD, "192.0.2.10"),
        await refused(place, EMAIL, "wrong but long enough", "192.0.2.11"),
        await refused(place, "gone@example.com", PASSWORD, "192.0.2.12"),
    }
    assert answers == {WRONG}
    shapes = [stored.split("$")[:4] for stored in place.passwords.verified]
    assert len(shapes) == 3
    assert all(shape == shapes[0] for shape in shapes), "one verification each, with the same parameters"


async def test_unknown_accounts_are_delayed_like_known_ones(place: Place) -> None:
    """The delays do not tell who exists either."""
    for email in (EMAIL, "nobody@example.com"):
        waits = []
        for attempt in range(9):
            await refused(place, email, "wrong but long enough", f"192.0.2.{attempt}")
            with pytest.raises(TooMany) as blocked:
                await place.sign_in(email, PASSWORD, address="192.0.2.200")
            waits.append(blocked.value.retry_after)
            place.clock.advance(seconds=blocked.value.retry_after)
        assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_nothing_is_hashed_while_an_account_is_delayed(place: Place) -> None:
    await refused(place, EMAIL, "wrong but long enough")
    place.passwords.verified.clear()
    with pytest.raises(TooMany):
        await place.sign_in(address="192.0.2.50")
    assert place.passwords.verified == []


async def test_ten_thousand_guesses_from_everywhere_look_at_fewer_than_a_hundred(place: Place) -> None:
    """Ten a second for a thousand seconds, each from another network."""
    place.passwords.verified.clear()
    for guess in range(10_000):
        with contextlib.suppress(TooMany, Unauthenticated):
            await place.sign_in(EMAIL, f"guess number {guess}", address=f"10.{guess // 250}.{guess % 250}.1")
        place.clock.advance(seconds=0.1)
    assert 10 < len(place.passwords.verified) < 100


async def test_the_owner_gets_in_from_where_he_signed_in_before_while_others_guess(place: Place) -> None:
    await place.sign_in(address=HOME)
    for attempt in range(8):
        await refused(place, EMAIL, "wrong but long enough", f"192.0.2.{attempt}")
        if attempt < 7:
            place.clock.advance(seconds=60)
    with pytest.raises(TooMany):
        await place.sign_in(address="192.0.2.99")
    await place.sign_in(address=HOME)


async def test_a_known_network_that_guesses_is_delayed_too(place: Place) -> None:
    await place.sign_in(address=HOME)
    await refused(place, EMAIL, "wrong but long enough", HOME)
    with pytest.raises(TooMany):
        await place.sign_in(address=HOME)


async def test_one_network_over_many_accounts_is_delayed_after_ten(place: Place) -> None:
    for attempt in range(11):
        await refused(place, f"user{attempt}@example.com", "wrong but long enough")
    with pytest.raises(TooMany):
        await place.sign_in("another@example.com", address=AWAY)
    with pytest.raises(TooMany):
        await place.sign_in(address=AWAY)
    await place.sign_in(address=HOME)


async def test_addresses_of_one_ipv6_network_count_together(place: Place) -> None:
    for attempt in range(11):
        await refused(place, f"user{attempt}@example.com", "wrong but long enough", f"2001:db8:1:2::{attempt:x}")
    with pytest.raises(TooMany):
        await place.sign_in(address="2001:db8:1:2:ffff::1")
    await place.sign_in(address="2001:db8:1:3::1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("testclient", "unknown"),
    ],
)
def test_networks(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_a_hundred_guesses_at_the_same_moment_are_one_guess(place: Place) -> None:
    """Each is written down before it is looked at, so they do not all find the door open."""
    place.passwords.verified.clear()
    guesses = [place.sign_in(EMAIL, f"guess number {n}", address=f"10.0.{n}.1") for n in range(100)]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert len(place.passwords.verified) == 1
    assert sum(isinstance(outcome, TooMany) for outcome in outcomes) == 99


async def test_success_forgives_the_account_and_not_the_network(place: Place) -> None:
    for attempt in range(10):
        await refused(place, f"user{attempt}@example.com", "wrong but long enough")
    await place.sign_in(address=AWAY)
    await refused(place, "user99@example.com", "wrong but long enough")
    with pytest.raises(TooMany):
        await place.sign_in("user98@example.com", address=AWAY)


async def test_an_hour_without_failures_forgets_them(place: Place) -> None:
    for _ in range(5):
        await refused(place, EMAIL, "wrong but long enough")
        place.clock.advance(seconds=60)
    place.clock.advance(hours=1)
    await refused(place, EMAIL, "wrong but long enough")
    with pytest.raises(TooMany) as blocked:
        await place.sign_in(address=AWAY)
    assert blocked.value.retry_after == 1


async def test_counters_do_not_hold_what_was_typed(place: Place) -> None:
    """People type their password into the wrong field."""
    await refused(place, "my secret password", "wrong but long enough")
    keys = await place.store.read(lambda conn: list(conn.execute(tables.throttles.select()).mappings()))
    assert keys
    assert "secret" not in repr(keys)


async def test_sweeping_forgets_old_counters_and_remembers_known_networks(place: Place) -> None:
    await place.sign_in(address=HOME)
    await refused(place, EMAIL, "wrong but long enough")
    place.clock.advance(hours=2)
    assert await place.technicians.sweep() > 0
    keys = await place.store.read(lambda conn: list(conn.execute(tables.throttles.select()).mappings()))
    assert all(row["key"].startswith("pair:") for row in keys)
    assert any(row["key"].endswith(HOME) for row in keys)


async def test_a_hash_with_older_parameters_is_replaced_at_sign_in(place: Place) -> None:
    before = (await account(place)).password_hash
    newer = Technicians(place.store, place.settings, place.clock, CountingPasswords(memory_kib=16))
    await newer.sign_in(EMAIL, PASSWORD, None, HOME, "a browser")
    after = (await account(place)).password_hash
    assert "m=8," in before
    assert "m=16," in after
    await newer.sign_in(EMAIL, PASSWORD, None, HOME, "a browser")


async def test_a_password_that_was_replaced_while_it_was_verified_does_not_count(place: Place) -> None:
    class Interrupted(Passwords):
        async def verify(self, stored: str | None, password: str) -> bool:
            right = await super().verify(stored, password)
            await place.roster.new_password(EMAIL)
            return right

    slow = Technicians(place.store, place.settings, place.clock, Interrupted(8))
    with pytest.raises(Unauthenticated):
        await slow.sign_in(EMAIL, PASSWORD, None, HOME, "a browser")
    assert await place.store.read(lambda conn: conn.execute(tables.sessions.select()).all()) == []
