"""The state tables, step by step: every state, every step, every kind of person (G-22..G-27, G-29, G-31, G-32).

The tables below are written from the feature list, not from server/domain/ticket.py.
"""

import itertools
import random

import pytest
from msgspec import structs

from server.domain import ticket
from server.domain.ticket import Chat, State, Status, Step, Undo, View
from server.errors import Refused

ME, OTHER = "a" * 32, "b" * 32
NOW = 1_700_000_000_000

STATUS_TABLE = """
                  assign      join        unassign    end_chat    close       reopen   customer_end customer_resume
open              in_progress =           =           =           done        NOT_DONE =            =
in_progress       =           =           open        =           done        NOT_DONE =            =
waiting_dev       =           =           open        =           done        NOT_DONE =            =
pending           =           =           open        =           done        NOT_DONE =            =
awaiting_feedback =           =           open        =           done        NOT_DONE =            =
reopened          in_progress =           =           =           done        NOT_DONE =            =
done              TICKET_DONE TICKET_DONE TICKET_DONE TICKET_DONE TICKET_DONE reopened TICKET_DONE  TICKET_DONE
"""
"""Status after each step, ``=`` the same as before; in capitals the rule that refuses it."""

CHAT_TABLE = """
            assign  join    unassign    end_chat    close  reopen      customer_end  customer_resume
not_joined  =       joined  =           NOT_JOINED  ended  =           ended         CHAT_RUNNING
joined      =       =       not_joined  ended       ended  not_joined  ended         CHAT_RUNNING
ended       =       joined  =           CHAT_ENDED  =      not_joined  CHAT_ENDED    not_joined
"""
"""Chat state after each step, ``=`` the same as before; in capitals the rule that refuses it."""

OWNER_ONLY = {Step.JOIN, Step.UNASSIGN, Step.END_CHAT, Step.CLOSE}
CUSTOMER_STEPS = {Step.CUSTOMER_END, Step.CUSTOMER_RESUME}

STATES = [
    State(status, chat, assignee, joined, absent=absent)
    for status, chat, assignee, joined, absent in itertools.product(
        Status, Chat, (None, ME, OTHER), (False, True), (False, True)
    )
    if assignee is not None or not absent
]
"""Every combination, those that nobody can reach included."""


def parse(table: str) -> dict[tuple[str, str], str]:
    """``{(state before, step): cell}``"""
    head, *rows = [line.split() for line in table.strip().splitlines()]
    return {
        (before, step): before if cell == "=" else cell
        for before, *cells in rows
        for step, cell in zip(head, cells, strict=True)
    }


STATUS_AFTER = parse(STATUS_TABLE)
CHAT_AFTER = parse(CHAT_TABLE)


def actor_of(step: Step) -> str | None:
    return None if step in CUSTOMER_STEPS else ME


def takes_over(state: State, step: Step) -> bool:
    """I take the ticket of somebody who is gone (C-08)."""
    return step is Step.ASSIGN and state.assignee == OTHER and state.absent


def expected_chat(state: State, step: Step) -> str:
    """Who is taken over from leaves the chat."""
    return CHAT_AFTER[state.chat, Step.UNASSIGN if takes_over(state, step) else step]


def expected_refusal(state: State, step: Step) -> str | None:
    """The rule that forbids me the step: a closed ticket first, then whose it is, then the chat."""
    if STATUS_AFTER[state.status, step].isupper():
        return STATUS_AFTER[state.status, step].lower()
    if step is Step.ASSIGN and state.assignee is not None and not takes_over(state, step):
        return "already_yours" if state.assignee == ME else "already_assigned"
    if step in OWNER_ONLY and state.assignee != ME:
        return "not_assigned_to_you"
    if step is Step.JOIN and state.joined:
        return "already_joined"
    if CHAT_AFTER[state.chat, step].isupper():
        return CHAT_AFTER[state.chat, step].lower()
    return None


def expected_assignee(state: State, step: Step) -> str | None:
    if step is Step.ASSIGN:
        return ME
    if step is Step.UNASSIGN:
        return None
    if step is Step.REOPEN:
        return ME if state.assignee == ME else None
    return state.assignee


def expected_joined(state: State, step: Step) -> bool:
    if step is Step.JOIN:
        return True
    if takes_over(state, step):
        return False
    return state.joined if step in (Step.ASSIGN, Step.CUSTOMER_RESUME) else False


@pytest.mark.parametrize("step", Step)
def test_every_step_from_every_state(step: Step) -> None:
    """G-22, G-24..G-27, G-29, G-32: the whole product of states, against the tables above."""
    for state in STATES:
        rule = expected_refusal(state, step)
        if rule is not None:
            with pytest.raises(Refused) as refused:
                ticket.take(state, step, actor_of(step), NOW)
            assert refused.value.code == rule, state
            assert refused.value.message == ticket.RULES[rule]
            assert refused.value.who == (
                state.assignee if rule.startswith("already_") and step is Step.ASSIGN else None
            )
            continue
        after = ticket.take(state, step, actor_of(step), NOW)
        assert (after.status, after.chat, after.assignee, after.joined, after.absent) == (
            STATUS_AFTER[state.status, step],
            expected_chat(state, step),
            expected_assignee(state, step),
            expected_joined(state, step),
            state.absent and step in CUSTOMER_STEPS,
        ), state


def test_legal_steps_are_those_that_take_accepts() -> None:
    """G-16, G-24: a console that offers the legal steps offers nothing that is refused, and leaves nothing out."""
    for state in STATES:
        legal = ticket.legal_steps(state, ME, NOW)
        assert legal == [s for s in Step if s not in CUSTOMER_STEPS and expected_refusal(state, s) is None], state


def test_every_rule_refuses_something() -> None:
    """No rule stands in the table of sentences without ever being used.

    Those of several technicians at one ticket depend on more than its state: tests/desk/test_together.py, model.py.
    """
    seen = {expected_refusal(state, step) for state in STATES for step in Step} - {None}
    with pytest.raises(Refused) as refused:
        ticket.undo(State(), ME, NOW)
    together = {
        ticket.ALREADY_OFFERED,
        ticket.NOT_OFFERED,
        ticket.CANNOT_TAKE,
        ticket.ALREADY_INVITED,
        ticket.NOT_INVITED,
        ticket.TOO_MANY_HELPERS,
        ticket.NOT_YOUR_TEAM,
    }
    assert seen | {refused.value.code} | together == set(ticket.RULES)


def test_the_second_of_two_who_assign_learns_the_winner() -> None:
    """G-23"""
    taken = ticket.take(State(), Step.ASSIGN, OTHER, NOW)
    with pytest.raises(Refused) as refused:
        ticket.take(taken, Step.ASSIGN, ME, NOW)
    assert (refused.value.code, refused.value.who) == ("already_assigned", OTHER)


@pytest.mark.parametrize("before", [[], [Step.JOIN], [Step.JOIN, Step.END_CHAT]], ids=["new", "joined", "ended"])
def test_unassign_in_all_three_chat_states(before: list[Step]) -> None:
    """G-25, G-26: whoever gives it back, another can take it; an ended chat stays ended until he joins."""
    state = ticket.take(State(), Step.ASSIGN, ME, NOW)
    for step in before:
        state = ticket.take(state, step, ME, NOW)
    ended = state.chat is Chat.ENDED
    state = ticket.take(state, Step.UNASSIGN, ME, NOW)
    assert (state.status, state.assignee, state.joined, state.view) == (Status.OPEN, None, False, View.NEW)
    assert state.chat is (Chat.ENDED if ended else Chat.NOT_JOINED)
    state = ticket.take(state, Step.ASSIGN, OTHER, NOW)
    state = ticket.take(state, Step.JOIN, OTHER, NOW)
    assert (state.chat, state.joined, state.view) == (Chat.JOINED, True, View.ACTIVE)


def test_ending_the_chat_does_not_close_the_ticket() -> None:
    """G-29, G-32: End chat, by either side, leaves the ticket with its technician; Close completes it."""
    chatting = State(Status.IN_PROGRESS, Chat.JOINED, ME, True)
    for step, actor in ((Step.END_CHAT, ME), (Step.CUSTOMER_END, None)):
        ended = ticket.take(chatting, step, actor, NOW)
        assert (ended.status, ended.assignee, ended.view) == (Status.IN_PROGRESS, ME, View.ACTIVE)
        assert ticket.take(ended, Step.CLOSE, ME, NOW).view is View.COMPLETED


def test_a_ticket_of_somebody_who_is_gone_is_taken_over() -> None:
    """C-08, G-23: the first of two who take it wins; what was being waited for stays, the chat is to be joined anew."""
    left = State(Status.WAITING_DEV, Chat.JOINED, "c" * 32, True, absent=True)
    taken = ticket.take(left, Step.ASSIGN, OTHER, NOW)
    assert taken == State(Status.WAITING_DEV, Chat.NOT_JOINED, OTHER)
    with pytest.raises(Refused) as refused:
        ticket.take(taken, Step.ASSIGN, ME, NOW)
    assert (refused.value.code, refused.value.who) == ("already_assigned", OTHER)


def test_a_ticket_goes_back_when_a_customer_waits_for_somebody_who_is_gone() -> None:
    """C-08, X-9: after the time that the portal sets; never one that is closed, or whose chat has ended."""
    for state in STATES:
        if state.status is Status.DONE and state.absent:
            continue  # nobody can reach that
        waits = state.absent and state.chat is not Chat.ENDED
        assert ticket.goes_back(state, 60_000, 60) is waits, state
        assert not ticket.goes_back(state, 59_999, 60)
        assert not ticket.goes_back(state, 10**9, None)
        if waits:
            back = ticket.give_back(state)
            by_hand = ticket.take(state, Step.UNASSIGN, str(state.assignee), NOW)
            assert back == by_hand, state
            assert (back.view, back.waits_in_queue) == (View.NEW, True)


def test_a_reopened_ticket_stays_with_its_technician_only_if_he_reopens_it() -> None:
    closed = State(Status.DONE, Chat.ENDED, ME)
    assert ticket.take(closed, Step.REOPEN, ME, NOW).assignee == ME
    by_other = ticket.take(closed, Step.REOPEN, OTHER, NOW)
    assert (by_other.assignee, by_other.view, by_other.waits_in_queue) == (None, View.NEW, True)


# --- views ------------------------------------------------------------------------------------------------------------


def test_views() -> None:
    """G-11: New has nobody, Completed is closed, Active is the rest; who waits has a position."""
    for state in STATES:
        if state.status is Status.DONE:
            view = View.COMPLETED
        elif state.assignee is None and state.status in (Status.OPEN, Status.REOPENED):
            view = View.NEW
        else:
            view = View.ACTIVE
        assert state.view is view, state
        assert state.waits_in_queue is (view is View.NEW and state.chat is not Chat.ENDED), state


# --- undo -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", Step)
def test_only_end_chat_and_close_can_be_undone(step: Step) -> None:
    for state in STATES:
        if expected_refusal(state, step) is not None:
            continue
        after = ticket.take(state, step, actor_of(step), NOW)
        if step not in (Step.END_CHAT, Step.CLOSE):
            assert after.undo is None
            continue
        assert after.undo == Undo(step, ME, NOW + 5_000, state.status, state.chat, state.joined)
        before = structs.replace(state, absent=False)  # whoever takes back is there
        assert ticket.undo(after, ME, NOW) == before
        assert ticket.undo(after, ME, NOW + 5_000) == before


def closed_by_me() -> State:
    return ticket.take(State(Status.IN_PROGRESS, Chat.JOINED, ME, True), Step.CLOSE, ME, NOW)


@pytest.mark.parametrize(
    ("state", "actor", "now"),
    [
        pytest.param(closed_by_me(), ME, NOW + 5_001, id="too late"),
        pytest.param(closed_by_me(), OTHER, NOW, id="somebody else"),
        pytest.param(ticket.take(closed_by_me(), Step.REOPEN, ME, NOW), ME, NOW, id="another step came between"),
        pytest.param(ticket.undo(closed_by_me(), ME, NOW), ME, NOW, id="undone already"),
        pytest.param(State(), ME, NOW, id="nothing was done"),
    ],
)
def test_nothing_to_undo(state: State, actor: str, now: int) -> None:
    with pytest.raises(Refused) as refused:
        ticket.undo(state, actor, now)
    assert refused.value.code == "nothing_to_undo"


# --- who may write ----------------------------------------------------------------------------------------------------


def rule_for_customer(state: State) -> str | None:
    try:
        ticket.check_customer_may_write(state)
    except Refused as refused:
        return refused.code
    return None


def rule_for_me(state: State) -> str | None:
    try:
        ticket.check_technician_may_write(state, ME)
    except Refused as refused:
        return refused.code
    return None


def test_a_customer_writes_until_the_chat_has_ended() -> None:
    for state in STATES:
        if state.status is Status.DONE:
            assert rule_for_customer(state) == "ticket_done"
        elif state.chat is Chat.ENDED:
            assert rule_for_customer(state) == "chat_ended"
        else:
            assert rule_for_customer(state) is None


def test_only_the_technician_in_the_chat_writes_to_the_customer() -> None:
    """C-13"""
    for state in STATES:
        if state.status is Status.DONE:
            assert rule_for_me(state) == "ticket_done"
        elif state.assignee != ME:
            assert rule_for_me(state) == "not_assigned_to_you"
        elif state.chat is Chat.ENDED:
            assert rule_for_me(state) == "chat_ended"
        else:
            assert rule_for_me(state) == (None if state.joined else "not_joined")


# --- what can be reached ----------------------------------------------------------------------------------------------


def reachable(start: State) -> set[State]:
    """Every state that people can bring about by steps and undo, by vanishing and by coming back; undo is left out."""
    found: set[State] = set()
    waiting = [start]
    while waiting:
        state = waiting.pop()
        plain = structs.replace(state, undo=None)
        if plain in found:
            continue
        found.add(plain)
        if plain.assignee is not None and plain.status is not Status.DONE:
            waiting += [structs.replace(plain, absent=absent) for absent in (False, True)]
        if ticket.goes_back(plain, 60_000, 60):
            waiting.append(ticket.give_back(plain))
        for actor, step in itertools.product((ME, OTHER, None), Step):
            if (actor is None) == (step in CUSTOMER_STEPS):
                waiting += after_step_and_undo(plain, step, actor)
    return found


def after_step_and_undo(state: State, step: Step, actor: str | None) -> list[State]:
    try:
        after = ticket.take(state, step, actor, NOW)
    except Refused:
        return []
    return [after, ticket.undo(after, after.undo.by, NOW)] if after.undo else [after]


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.DONE])
def test_what_holds_in_every_reachable_state(status: Status) -> None:
    for state in reachable(State(status)):
        assert state.joined is (state.chat is Chat.JOINED), state
        assert not state.joined or state.assignee is not None, state
        assert state.status is not Status.DONE or state.chat is Chat.ENDED, state
        assert not state.absent or (state.assignee is not None and state.status is not Status.DONE), state


def test_no_state_is_a_dead_end() -> None:
    """From wherever they got, two technicians can bring a ticket back to New, and close it."""
    dice = random.Random(7)
    for state in sorted(reachable(State()), key=repr):
        for goal in (View.NEW, View.COMPLETED):
            walked = state
            for _ in range(1_000):
                if walked.view is goal:
                    break
                actor = dice.choice((ME, OTHER))
                legal = ticket.legal_steps(walked, actor, NOW)
                if legal:
                    walked = ticket.take(walked, dice.choice(legal), actor, NOW)
            assert walked.view is goal, state
