"""Where tickets wait and who is given them, without a store."""

from hypothesis import given
from hypothesis import strategies as st

from server.domain.routing import Free, Person, Place, Team, Waiting, Way, assignments, in_order, in_vain, target

LENA = Person("lena", sees=True, present=True, available=True)
PRINTERS = Team("printers", ["lena"])
NOBODY = Team("nobody", [])


def test_a_ticket_waits_where_it_was_wanted() -> None:
    """B-05, B-06: a person's queue takes it while the person is away, unless the customer clicked on the name."""
    away = Person("lena", sees=True, present=True, available=False)
    for way, place in (("key", "technician"), ("form", "technician"), ("technician", "portal")):
        kind: Way = way  # type: ignore[assignment] # one of them
        assert target("desk", LENA, kind) == Place("technician", "lena")
        assert target("desk", away, kind).kind == place
    assert target("desk", PRINTERS, "form") == Place("team", "printers")
    assert target("desk", None, "form", PRINTERS) == Place("team", "printers")
    assert target("desk", None, "form") == Place("portal", "desk")


def test_what_cannot_take_a_ticket_is_passed_over() -> None:
    """B-71, B-72: to the fallback team, if it has members, else to the portal's own queue."""
    gone = Person("lena", sees=True, present=False, available=True)
    stranger = Person("lena", sees=False, present=True, available=True)
    for wanted in (gone, stranger, NOBODY):
        assert target("desk", wanted, "form", PRINTERS) == Place("team", "printers")
        assert target("desk", wanted, "form", NOBODY) == Place("portal", "desk")


def test_nobody_is_waited_for_in_vain() -> None:
    """B-72, C-07: his own queue waits until he cannot take it, what he was given as long as the portal says."""
    away = Person("lena", sees=True, present=True, available=False)
    gone = Person("lena", sees=True, present=False, available=True)
    stranger = Person("lena", sees=False, present=True, available=True)
    assert not in_vain(LENA, "technician", None, 0, 9_000)
    assert not in_vain(away, "key", None, 0, 9_000)
    assert [in_vain(one, "technician", None, None, 0) for one in (away, gone, stranger)] == [True] * 3
    assert [in_vain(one, "key", 0, None, 0) for one in (away, gone, stranger)] == [True] * 3
    assert [in_vain(LENA, "key", 1_000, 5, now) for now in (5_999, 6_000)] == [False, True]


def test_the_longest_idle_is_given_the_first_ticket() -> None:
    """C-07: the more urgent first, then as they came; to whoever has been idle longest, within the capacity."""
    both = frozenset({"lena", "max"})
    waiting = [Waiting("c", 0, 3, both), Waiting("a", 0, 1, both), Waiting("b", 5, 2, both), Waiting("d", 0, 4, both)]
    people = [Free("lena", idle_since=20, held=1, capacity=2), Free("max", idle_since=10, held=0, capacity=2)]
    assert [one.ticket for one in in_order(waiting)] == ["b", "a", "c", "d"]
    assert assignments(waiting, people) == [("b", "max"), ("a", "lena"), ("c", "max")]


tickets = st.builds(
    Waiting,
    ticket=st.uuids().map(str),
    priority=st.integers(0, 2),
    queued_at=st.integers(0, 5),
    may_take=st.frozensets(st.sampled_from("abc")),
)
people = st.lists(
    st.builds(Free, st.sampled_from("abc"), st.integers(0, 9), st.integers(0, 3), st.integers(0, 3)),
    unique_by=lambda one: one.id,
)


@given(st.lists(tickets, max_size=12), people)
def test_nothing_waits_while_somebody_could_take_it(waiting: list[Waiting], technicians: list[Free]) -> None:
    """C-07, C-15: nobody is given too much or what he may not take, and nothing overtakes within a queue."""
    pairs = assignments(waiting, technicians)
    given_to = dict(pairs)
    assert len(given_to) == len(pairs)
    by_id = {one.ticket: one for one in waiting}
    left = {one.id: one.capacity - one.held for one in technicians}
    for ticket, who in pairs:
        assert who in by_id[ticket].may_take
        left[who] -= 1
        assert left[who] >= 0
    for one in in_order(waiting):
        if one.ticket not in given_to:
            assert not any(left.get(who, 0) > 0 for who in one.may_take)
    for earlier, later in [(a, b) for i, a in enumerate(in_order(waiting)) for b in in_order(waiting)[i + 1 :]]:
        if earlier.may_take == later.may_take and later.ticket in given_to:
            assert earlier.ticket in given_to
