"""Time-based codes: asked for only after the right password, each of use once, few tries."""

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts import totp
from server.accounts.technicians import WRONG
from server.errors import BadInput, Refused, TooMany, Unauthenticated
from server.store import technicians as table
from tests.accounts.conftest import EMAIL, HOME, PASSWORD, Place

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(place: Place, secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(place.clock() // 1000 + 30 * steps)


def wrong_code(place: Place, secret: str) -> str:
    near = {code_at(place, secret, step) for step in range(-3, 4)}
    return next(
        code
        for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777")
        if code not in near
    )


async def switched_on(place: Place) -> str:
    """Lena has a second factor; returns its secret."""
    _, session = await place.sign_in()
    secret, _ = await place.technicians.own.start_totp(session.technician.id)
    await place.technicians.own.confirm_totp(session.technician.id, code_at(place, secret))
    place.clock.advance(seconds=30)
    return secret


async def refusal(place: Place, code: str | None, password: str = PASSWORD, address: str = HOME) -> str:
    with pytest.raises(Unauthenticated) as error:
        await place.sign_in(password=password, code=code, address=address)
    return error.value.message


async def test_the_code_is_asked_for_after_the_right_password_only(place: Place) -> None:
    secret = await switched_on(place)
    with pytest.raises(Refused) as asked:
        await place.sign_in()
    assert asked.value.code == "code_required"
    assert await refusal(place, None, password="wrong but long enough") == WRONG
    place.clock.advance(seconds=1)
    assert await refusal(place, code_at(place, secret), password="wrong but long enough") == WRONG
    place.clock.advance(seconds=2)
    _, session = await place.sign_in(code=code_at(place, secret))
    assert session.technician.totp


async def test_a_code_opens_one_session(place: Place) -> None:
    """Who looked over the shoulder comes too late, also with the code before it."""
    secret = await switched_on(place)
    code, before = code_at(place, secret), code_at(place, secret, -1)
    await place.sign_in(code=code)
    assert await refusal(place, code) == WRONG
    assert await refusal(place, before) == WRONG
    place.clock.advance(seconds=30)
    await place.sign_in(code=code_at(place, secret))


async def test_the_code_that_switched_it_on_does_not_sign_in(place: Place) -> None:
    _, session = await place.sign_in()
    secret, _ = await place.technicians.own.start_totp(session.technician.id)
    code = code_at(place, secret)
    await place.technicians.own.confirm_totp(session.technician.id, code)
    assert await refusal(place, code) == WRONG


async def test_five_wrong_codes_and_then_a_pause(place: Place) -> None:
    secret = await switched_on(place)
    for _ in range(5):
        assert await refusal(place, wrong_code(place, secret)) == WRONG
    with pytest.raises(TooMany) as pause:
        await place.sign_in(code=code_at(place, secret))
    assert pause.value.retry_after == 900
    place.clock.advance(minutes=15)
    await place.sign_in(code=code_at(place, secret))


async def test_the_right_code_starts_the_count_anew(place: Place) -> None:
    secret = await switched_on(place)
    for _ in range(3):
        for _ in range(4):
            await refusal(place, wrong_code(place, secret))
        await place.sign_in(code=code_at(place, secret))
        place.clock.advance(seconds=30)


async def test_who_has_only_the_password_does_not_become_a_known_network(place: Place) -> None:
    """Else a guesser of codes could keep the account's delays away from itself."""
    await switched_on(place)
    with pytest.raises(Refused):
        await place.sign_in(address="203.0.113.50")
    key = await place.store.read(lambda conn: conn.exec_driver_sql("SELECT key FROM throttles").scalars().all())
    assert not any(row.startswith("pair:") and row.endswith("203.0.113.50") for row in key)


async def test_a_secret_counts_only_once_it_was_confirmed(place: Place) -> None:
    _, session = await place.sign_in()
    me = session.technician.id
    with pytest.raises(Refused) as early:
        await place.technicians.own.confirm_totp(me, "123456")
    assert early.value.code == "totp_not_started"
    first, _ = await place.technicians.own.start_totp(me)
    second, uri = await place.technicians.own.start_totp(me)
    assert pyotp.parse_uri(uri).secret == second
    assert EMAIL.replace("@", "%40") in uri
    with pytest.raises(BadInput):
        await place.technicians.own.confirm_totp(me, code_at(place, first))
    await place.sign_in()
    await place.technicians.own.confirm_totp(me, code_at(place, second))
    with pytest.raises(Refused) as again:
        await place.technicians.own.start_totp(me)
    assert again.value.code == "totp_on"


async def test_switching_it_off_needs_the_password(place: Place) -> None:
    secret = await switched_on(place)
    _, session = await place.sign_in(code=code_at(place, secret))
    me = session.technician.id
    with pytest.raises(BadInput) as wrong:
        await place.technicians.own.stop_totp(me, "wrong but long enough")
    assert wrong.value.field == "password"
    with pytest.raises(TooMany):
        await place.technicians.own.stop_totp(me, PASSWORD)
    place.clock.advance(seconds=1)
    await place.technicians.own.stop_totp(me, PASSWORD)
    await place.sign_in()


async def test_an_administrator_switches_it_off_for_who_lost_it(place: Place) -> None:
    await switched_on(place)
    await place.roster.totp_off(EMAIL)
    _, session = await place.sign_in()
    assert not session.technician.totp
    account = await place.store.read(lambda conn: table.by_email(conn, EMAIL))
    assert account is not None
    assert account.totp_secret is None


@given(now=st.integers(min_value=1_700_000_000, max_value=4_000_000_000), steps=st.integers(-4, 4))
def test_codes_of_one_step_around_now_match(now: int, steps: int) -> None:
    code = pyotp.TOTP(SECRET).at(now + 30 * steps)
    found = totp.matching_step(SECRET, code, now * 1000, last_step=0)
    if abs(steps) <= 1:
        assert found is not None
        assert totp.matching_step(SECRET, code, now * 1000, last_step=now // 30 + 1) is None, "used up"


@given(code=st.text(max_size=8).filter(lambda text: not (text.isascii() and text.isdigit())))
def test_what_is_no_code_never_matches(code: str) -> None:
    assert totp.matching_step(SECRET, code, 1_760_000_000_000, last_step=0) is None
