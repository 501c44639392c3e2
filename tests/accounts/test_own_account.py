"""What somebody who is signed in does to the own account, and what an administrator does to others."""

import pytest

from server.bus.control import PersonChanged
from server.errors import BadInput, NotFound, Refused, TooMany, Unauthenticated
from server.store import technicians as table
from tests.accounts.conftest import EMAIL, PASSWORD, Place

NEW = "seven lamps on a bridge"


async def test_changing_the_password_ends_the_other_sessions(place: Place) -> None:
    here, session = await place.sign_in()
    there, other = await place.sign_in()
    await place.technicians.own.change_password(session.technician.id, session.hash, PASSWORD, NEW)
    await place.technicians.session(here)
    with pytest.raises(Unauthenticated):
        await place.technicians.session(there)
    assert place.controls() == [PersonChanged(session.technician.id, ended_credentials=[other.hash])]
    with pytest.raises(Unauthenticated):
        await place.sign_in()
    place.clock.advance(seconds=1)
    await place.sign_in(password=NEW)


@pytest.mark.parametrize("new", [PASSWORD, "password1234", "lena@example.com", "too short"])
async def test_a_bad_new_password_changes_nothing(place: Place, new: str) -> None:
    _, session = await place.sign_in()
    with pytest.raises(BadInput) as refused:
        await place.technicians.own.change_password(session.technician.id, session.hash, PASSWORD, new)
    assert refused.value.field == "new"
    await place.sign_in()


async def test_guessing_the_present_password_from_a_borrowed_session_is_delayed(place: Place) -> None:
    _, session = await place.sign_in()
    me = session.technician.id
    with pytest.raises(BadInput) as wrong:
        await place.technicians.own.change_password(me, session.hash, "wrong but long enough", NEW)
    assert wrong.value.field == "current"
    with pytest.raises(TooMany):
        await place.technicians.own.change_password(me, session.hash, PASSWORD, NEW)
    await place.sign_in()  # the owner's way in is not delayed by it


async def test_a_one_time_password_asks_for_a_new_one(place: Place) -> None:
    once = await place.roster.new_password(EMAIL)
    with pytest.raises(Unauthenticated):
        await place.sign_in()
    place.clock.advance(seconds=1)
    cookie, session = await place.sign_in(password=once)
    assert session.must_change_password
    await place.technicians.own.change_password(session.technician.id, session.hash, once, NEW)
    assert not (await place.technicians.session(cookie)).must_change_password


async def test_a_one_time_password_expires(place: Place) -> None:
    """Only whoever knows it is told so; another one is good again, and one of her own does not expire."""
    once = await place.roster.new_password(EMAIL)
    place.clock.advance(seconds=place.settings.one_time_password_days * 86_400)
    with pytest.raises(Unauthenticated):
        await place.sign_in()
    place.clock.advance(seconds=1)
    with pytest.raises(Refused) as refused:
        await place.sign_in(password=once)
    assert refused.value.code == "password_expired"

    once = await place.roster.new_password(EMAIL)
    place.clock.advance(seconds=place.settings.one_time_password_days * 86_400 - 1)
    _, session = await place.sign_in(password=once)
    await place.technicians.own.change_password(session.technician.id, session.hash, once, NEW)
    place.clock.advance(seconds=100 * 86_400)
    await place.sign_in(password=NEW)


async def test_a_new_one_time_password_ends_all_sessions(place: Place) -> None:
    cookie, session = await place.sign_in()
    await place.roster.new_password(EMAIL)
    with pytest.raises(Unauthenticated):
        await place.technicians.session(cookie)
    assert place.controls() == [
        PersonChanged(session.technician.id, ended_credentials=[session.hash], all_sessions=True)
    ]


async def test_api_tokens(place: Place) -> None:
    """A token speaks for its owner until it is revoked; the database has its hash only."""
    _, session = await place.sign_in()
    me, own = session.technician.id, place.technicians.own
    token_id, token = await own.new_token(me, "ticket import")
    assert (await place.technicians.by_api_token(token)).id == me
    (record,) = await own.tokens(me)
    assert (record.id, record.name, record.used_at) == (token_id, "ticket import", place.clock())
    rows = await place.store.read(lambda conn: conn.exec_driver_sql("SELECT * FROM api_tokens").all())
    assert token not in repr(rows)

    await place.add("omar@example.com")
    omar = await place.roster.technician_id("omar@example.com")
    assert await own.tokens(omar) == []
    with pytest.raises(NotFound):
        await own.revoke_token(omar, token_id)
    await own.revoke_token(me, token_id)
    with pytest.raises(Unauthenticated):
        await place.technicians.by_api_token(token)
    with pytest.raises(NotFound):
        await own.revoke_token(me, token_id)


@pytest.mark.parametrize("token", ["", "dwt_", "dwt_" + "A" * 43, "\ud800", "x" * 10_000])
async def test_what_is_no_token_is_nobody(place: Place, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await place.technicians.by_api_token(token)


async def test_a_cookie_is_no_token_and_a_token_is_no_cookie(place: Place) -> None:
    cookie, session = await place.sign_in()
    _, token = await place.technicians.own.new_token(session.technician.id, "x")
    with pytest.raises(Unauthenticated):
        await place.technicians.by_api_token(cookie)
    with pytest.raises(Unauthenticated):
        await place.technicians.session(token)


# --- the roster -----------------------------------------------------------------------------------------------------


async def test_adding_somebody(place: Place) -> None:
    once = await place.roster.add(" Omar@Example.com ", "Omar  Haddad", "Omar", "administrator", ("acme", "globex"))
    _, session = await place.sign_in("omar@example.com", once)
    person = session.technician
    assert (person.email, person.name, person.role) == ("omar@example.com", "Omar Haddad", "administrator")
    assert (person.availability, len(person.companies), person.totp) == ("away", 2, False)
    assert await place.store.read(table.administrators) == 1


@pytest.mark.parametrize(
    "email", ["", "omar", "@example.com", "omar@", "a@b@c", "omar haddad@example.com", "a@" + "b" * 260]
)
async def test_what_is_no_address_is_refused(place: Place, email: str) -> None:
    with pytest.raises(BadInput):
        await place.roster.add(email, "Omar", "Omar")


async def test_an_address_belongs_to_one_person(place: Place) -> None:
    with pytest.raises(Refused) as taken:
        await place.roster.add("LENA@example.com", "Other Lena", "Lena")
    assert taken.value.code == "name_taken"


async def test_unknown_people_and_companies_are_named(place: Place) -> None:
    with pytest.raises(NotFound, match="nobody"):
        await place.roster.new_password("nobody@example.com")
    with pytest.raises(NotFound, match="umbrella"):
        await place.roster.set_access(EMAIL, give=("umbrella",))
    with pytest.raises(NotFound, match="umbrella"):
        await place.roster.add("omar@example.com", "Omar", "Omar", companies=("umbrella",))
    assert len(await place.roster.store.read(table.all_accounts)) == 1, "nothing of a refused command stays"


async def test_changes_of_access_and_role_are_told_to_open_sockets(place: Place) -> None:
    me = await place.roster.technician_id(EMAIL)
    await place.roster.set_access(EMAIL, give=("globex",))
    await place.roster.set_role(EMAIL, "administrator")
    assert place.controls() == [PersonChanged(me, access=True), PersonChanged(me, access=True)]
    await place.roster.add("omar@example.com", "Omar", "Omar", "administrator")
    await place.roster.set_disabled(EMAIL, disabled=True)
    assert place.controls() == [PersonChanged(me, ended_credentials=[], all_sessions=True, access=True)]
    assert await place.store.read(table.administrators) == 1, "disabled ones do not count"


async def test_the_last_administrator_who_can_sign_in_stays_one(place: Place) -> None:
    await place.roster.set_role(EMAIL, "administrator")
    for change in (place.roster.set_role(EMAIL, "technician"), place.roster.set_disabled(EMAIL, disabled=True)):
        with pytest.raises(Refused) as refused:
            await change
        assert refused.value.code == "last_administrator"
    await place.roster.add("omar@example.com", "Omar", "Omar", "administrator")
    await place.roster.set_disabled(EMAIL, disabled=True)
    with pytest.raises(Refused, match="last administrator"):
        await place.roster.set_role("omar@example.com", "technician")
