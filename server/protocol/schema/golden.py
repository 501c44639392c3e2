"""tests/golden/steps.json: what the rules of domain/ticket.py say about every state, for the front end to replay.

One line per state: status x chat x assignee (nobody, ``me``, ``other``) x joined x assignee gone. Steps are taken by
``me``, those of the customer by the customer. ``undo``: whether the step can be undone.
"""

import itertools
import json
from collections.abc import Callable
from typing import Any

from server.domain import ticket
from server.domain.ticket import Chat, State, Status, Step
from server.errors import Refused

ME, OTHER = "me", "other"
NOW = 1_700_000_000_000
CUSTOMER_STEPS = (Step.CUSTOMER_END, Step.CUSTOMER_RESUME)


def states() -> list[State]:
    """The full product, states that nobody can reach included."""
    product = itertools.product(Status, Chat, (None, ME, OTHER), (False, True), (False, True))
    return [
        State(status, chat, assignee, joined, absent=absent)
        for status, chat, assignee, joined, absent in product
        if assignee is not None or not absent
    ]


def steps() -> str:
    """The whole file."""
    lines = ",\n".join(json.dumps(_told(state)) for state in states())
    return f'{{"now": {NOW}, "me": "{ME}", "states": [\n{lines}\n]}}\n'


def _told(state: State) -> dict[str, Any]:
    return {
        "state": _plain(state),
        "view": state.view,
        "waits_in_queue": state.waits_in_queue,
        "legal": ticket.legal_steps(state, ME, NOW),
        "customer_may_write": _rule_of(lambda: ticket.check_customer_may_write(state)),
        "technician_may_write": _rule_of(lambda: ticket.check_technician_may_write(state, ME)),
        "steps": {step: _after(state, step) for step in Step},
    }


def _after(state: State, step: Step) -> dict[str, Any]:
    try:
        after = ticket.take(state, step, None if step in CUSTOMER_STEPS else ME, NOW)
    except Refused as refused:
        return {"rule": refused.code} | ({"who": refused.who} if refused.who else {})
    return {"state": _plain(after), "undo": after.undo is not None}


def _rule_of(check: Callable[[], None]) -> str | None:
    """The rule that refuses, or None."""
    try:
        check()
    except Refused as refused:
        return refused.code
    return None


def _plain(state: State) -> dict[str, Any]:
    names = ("status", "chat", "assignee", "joined", "absent")
    return {name: getattr(state, name) for name in names}
