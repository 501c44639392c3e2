"""The life of a ticket: status, chat state, and who may take which step.

The tables below are the rules; everything else here reads them. Generated for the browser too
(``static/shared/rules.ts``), so that a console offers exactly what the server will accept.
"""

from enum import StrEnum
from typing import Final

import msgspec

from server.errors import Refused


class Status(StrEnum):
    """Stored status of a ticket (features S-41)."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    WAITING_DEV = "waiting_dev"
    PENDING = "pending"
    AWAITING_FEEDBACK = "awaiting_feedback"
    REOPENED = "reopened"
    DONE = "done"


class Chat(StrEnum):
    """Whether a technician is, or was, in the chat of a ticket."""

    NOT_JOINED = "not_joined"
    JOINED = "joined"
    ENDED = "ended"


class View(StrEnum):
    """The links above the list Tickets (G-11)."""

    ALL = "all"
    NEW = "new"
    ACTIVE = "active"
    COMPLETED = "completed"


class Step(StrEnum):
    """What a person can do to a ticket's state."""

    ASSIGN = "assign"
    JOIN = "join"
    UNASSIGN = "unassign"
    END_CHAT = "end_chat"
    CLOSE = "close"
    REOPEN = "reopen"
    CUSTOMER_END = "customer_end"
    CUSTOMER_RESUME = "customer_resume"


class Outcome(StrEnum):
    """Optional word of the technician who closes (G-31)."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    UNKNOWN = "unknown"


HELPERS: Final = 7
"""How many may be invited into a chat beside its owner (G-34)."""

UNDO_MS: Final = 5_000
"""How long End chat and Close can be undone."""

TICKET_DONE = "ticket_done"
NOT_DONE = "not_done"
ALREADY_ASSIGNED = "already_assigned"
ALREADY_YOURS = "already_yours"
NOT_ASSIGNED_TO_YOU = "not_assigned_to_you"
NOT_JOINED = "not_joined"
ALREADY_JOINED = "already_joined"
CHAT_ENDED = "chat_ended"
CHAT_RUNNING = "chat_running"
NOTHING_TO_UNDO = "nothing_to_undo"
ALREADY_OFFERED = "already_offered"
NOT_OFFERED = "not_offered"
CANNOT_TAKE = "cannot_take"
ALREADY_INVITED = "already_invited"
NOT_INVITED = "not_invited"
TOO_MANY_HELPERS = "too_many_helpers"
NOT_YOUR_TEAM = "not_your_team"

RULES: Final[dict[str, str]] = {
    TICKET_DONE: "This ticket is closed. Reopen it first.",
    NOT_DONE: "Only a closed ticket can be reopened.",
    ALREADY_ASSIGNED: "Somebody else has taken this ticket.",
    ALREADY_YOURS: "This ticket is already yours.",
    NOT_ASSIGNED_TO_YOU: "Assign the ticket to yourself first.",
    NOT_JOINED: "Join the chat first.",
    ALREADY_JOINED: "You are in this chat already.",
    CHAT_ENDED: "This chat has ended.",
    CHAT_RUNNING: "This chat has not ended.",
    NOTHING_TO_UNDO: "There is nothing left to undo.",
    ALREADY_OFFERED: "This ticket is on offer already. Withdraw that first.",
    NOT_OFFERED: "This ticket is not on offer to you any more.",
    CANNOT_TAKE: "Nobody there can take this ticket.",
    ALREADY_INVITED: "This person is in the chat, or invited, already.",
    NOT_INVITED: "There is no such invitation any more.",
    TOO_MANY_HELPERS: "No more people can be invited into this chat.",
    NOT_YOUR_TEAM: "Only a supervisor of the team can do that.",
}
"""Every rule that can refuse a step, with its sentence."""

_S = Status
_working: Final = (_S.WAITING_DEV, _S.PENDING, _S.AWAITING_FEEDBACK)
_living: Final = tuple(s for s in Status if s is not _S.DONE)

STATUS_AFTER: Final[dict[Step, dict[Status, Status | str]]] = {
    Step.ASSIGN: {_S.OPEN: _S.IN_PROGRESS, _S.IN_PROGRESS: _S.IN_PROGRESS, _S.REOPENED: _S.IN_PROGRESS}
    | {s: s for s in _working}
    | {_S.DONE: TICKET_DONE},
    # back to the queue, whatever was being waited for: a ticket that nobody has is New, or it is forgotten
    Step.UNASSIGN: {s: s if s is _S.REOPENED else _S.OPEN for s in _living} | {_S.DONE: TICKET_DONE},
    Step.JOIN: {s: s for s in _living} | {_S.DONE: TICKET_DONE},
    Step.END_CHAT: {s: s for s in _living} | {_S.DONE: TICKET_DONE},
    Step.CLOSE: dict.fromkeys(_living, _S.DONE) | {_S.DONE: TICKET_DONE},
    Step.REOPEN: dict.fromkeys(_living, NOT_DONE) | {_S.DONE: _S.REOPENED},
    Step.CUSTOMER_END: {s: s for s in _living} | {_S.DONE: TICKET_DONE},
    Step.CUSTOMER_RESUME: {s: s for s in _living} | {_S.DONE: TICKET_DONE},
}
"""Status after a step, or the rule that refuses it."""

CHAT_AFTER: Final[dict[Step, dict[Chat, Chat | str]]] = {
    Step.ASSIGN: {c: c for c in Chat},
    Step.JOIN: dict.fromkeys(Chat, Chat.JOINED),
    Step.UNASSIGN: {Chat.NOT_JOINED: Chat.NOT_JOINED, Chat.JOINED: Chat.NOT_JOINED, Chat.ENDED: Chat.ENDED},
    Step.END_CHAT: {Chat.NOT_JOINED: NOT_JOINED, Chat.JOINED: Chat.ENDED, Chat.ENDED: CHAT_ENDED},
    Step.CLOSE: dict.fromkeys(Chat, Chat.ENDED),
    Step.REOPEN: dict.fromkeys(Chat, Chat.NOT_JOINED),
    Step.CUSTOMER_END: {Chat.NOT_JOINED: Chat.ENDED, Chat.JOINED: Chat.ENDED, Chat.ENDED: CHAT_ENDED},
    Step.CUSTOMER_RESUME: {Chat.NOT_JOINED: CHAT_RUNNING, Chat.JOINED: CHAT_RUNNING, Chat.ENDED: Chat.NOT_JOINED},
}
"""Chat state after a step, or the rule that refuses it."""

OWNER_STEPS: Final = (Step.JOIN, Step.UNASSIGN, Step.END_CHAT, Step.CLOSE)
"""Steps that only the assignee may take."""

UNDOABLE: Final = (Step.END_CHAT, Step.CLOSE)


class Undo(msgspec.Struct, frozen=True):
    """What the last End chat or Close replaced, so that its author can take it back."""

    step: Step
    by: str
    until: int
    """Milliseconds since 1970, UTC."""
    status: Status
    chat: Chat
    joined: bool


class State(msgspec.Struct, frozen=True):
    """All that the rules look at. ``joined``: the assignee is in the chat. ``absent``: the assignee is gone."""

    status: Status = Status.OPEN
    chat: Chat = Chat.NOT_JOINED
    assignee: str | None = None
    joined: bool = False
    undo: Undo | None = None
    absent: bool = False
    """Never of a closed ticket: there is nothing to be there for."""

    @property
    def view(self) -> View:
        """New, Active or Completed (G-11)."""
        if self.status is Status.DONE:
            return View.COMPLETED
        if self.assignee is None and self.status in (Status.OPEN, Status.REOPENED):
            return View.NEW
        return View.ACTIVE

    @property
    def waits_in_queue(self) -> bool:
        """Whether the customer has a position: nobody has taken the ticket and the chat is not over."""
        return self.view is View.NEW and self.chat is not Chat.ENDED


def refuse(rule: str, who: str | None = None) -> Refused:
    """The error that names the rule."""
    return Refused(rule, RULES[rule], who)


def take(state: State, step: Step, actor: str | None, now: int) -> State:
    """The state after the step.

    ``actor`` is the technician's id, None for the ticket's customer. ``now`` in ms since 1970.
    Raises Refused with the name of the rule.
    """
    status = STATUS_AFTER[step][state.status]
    if not isinstance(status, Status):
        raise refuse(status)
    takes_over = step is Step.ASSIGN and state.absent and state.assignee != actor
    if step is Step.ASSIGN and state.assignee is not None and not takes_over:
        raise refuse(ALREADY_YOURS if state.assignee == actor else ALREADY_ASSIGNED, who=state.assignee)
    if step in OWNER_STEPS and state.assignee != actor:
        raise refuse(NOT_ASSIGNED_TO_YOU)
    if step is Step.JOIN and state.joined:
        raise refuse(ALREADY_JOINED)
    # whoever is taken over from leaves the chat, as by giving the ticket back
    chat = CHAT_AFTER[Step.UNASSIGN if takes_over else step][state.chat]
    if not isinstance(chat, Chat):
        raise refuse(chat)

    assignee, joined = state.assignee, state.joined
    if step is Step.ASSIGN:
        assignee = actor
    elif step is Step.UNASSIGN or (step is Step.REOPEN and assignee != actor):
        assignee = None
    if step is Step.JOIN:
        joined = True
    elif takes_over or step not in (Step.ASSIGN, Step.CUSTOMER_RESUME):
        joined = False
    undo = None
    if step in UNDOABLE and actor is not None:
        undo = Undo(step, actor, now + UNDO_MS, state.status, state.chat, state.joined)
    # a technician who acts is there; what the customer does says nothing about him
    return State(status, chat, assignee, joined, undo, absent=state.absent and actor is None)


def goes_back(state: State, absent_ms: int, after_s: int | None) -> bool:
    """Whether the ticket of somebody who is gone goes back to the queue now, by its portal's setting (C-08, X-9).

    Only where a customer may be waiting for that person: a chat that has ended waits for nobody. Such a ticket stays,
    is marked, and can be taken over; when the customer goes on with the chat, it goes back.
    """
    waited_for = state.absent and state.status is not Status.DONE and state.chat is not Chat.ENDED
    return waited_for and after_s is not None and absent_ms >= after_s * 1000


def give_back(state: State) -> State:
    """The state after the ticket of somebody who is gone went back: as if that person had given it back."""
    status, chat = STATUS_AFTER[Step.UNASSIGN][state.status], CHAT_AFTER[Step.UNASSIGN][state.chat]
    if not isinstance(status, Status):
        raise refuse(status)
    if not isinstance(chat, Chat):
        raise refuse(chat)
    return State(status, chat)


def hand_over(state: State, to: str, *, comes: bool) -> State:
    """The state once somebody else has the ticket (G-33). ``comes``: and goes on with the chat that was being had."""
    status = STATUS_AFTER[Step.ASSIGN][state.status]
    if not isinstance(status, Status):
        raise refuse(status)
    if state.assignee == to:
        raise refuse(ALREADY_YOURS, who=to)
    stays = comes and state.joined
    chat = state.chat if stays else CHAT_AFTER[Step.UNASSIGN][state.chat]
    if not isinstance(chat, Chat):
        raise refuse(chat)
    return State(status, chat, to, stays)


def undo(state: State, actor: str, now: int) -> State:
    """The state before the last End chat or Close, for the one who did it, within UNDO_MS."""
    last = state.undo
    if last is None or last.by != actor or now > last.until:
        raise refuse(NOTHING_TO_UNDO)
    return State(last.status, last.chat, state.assignee, last.joined)


def legal_steps(state: State, actor: str, now: int) -> list[Step]:
    """The steps that this technician could take now."""
    legal: list[Step] = []
    for step in Step:
        if step in (Step.CUSTOMER_END, Step.CUSTOMER_RESUME):
            continue
        try:
            take(state, step, actor, now)
        except Refused:
            continue
        legal.append(step)
    return legal


def check_customer_may_write(state: State) -> None:
    """A customer writes until the chat has ended or the ticket is closed."""
    if state.status is Status.DONE:
        raise refuse(TICKET_DONE)
    if state.chat is Chat.ENDED:
        raise refuse(CHAT_ENDED)


def check_technician_may_write(state: State, actor: str, *, helps: bool = False) -> None:
    """Only the technicians in the chat write to the customer (C-13); others write notes. ``helps``: was invited."""
    if state.status is Status.DONE:
        raise refuse(TICKET_DONE)
    if state.assignee != actor and not helps:
        raise refuse(NOT_ASSIGNED_TO_YOU)
    if state.chat is Chat.ENDED:
        raise refuse(CHAT_ENDED)
    if not (state.joined or helps):
        raise refuse(NOT_JOINED)


def check_may_help(state: State) -> None:
    """Somebody is invited, or comes, while there is a chat and somebody whose it is (G-34)."""
    if state.status is Status.DONE:
        raise refuse(TICKET_DONE)
    if state.chat is Chat.ENDED:
        raise refuse(CHAT_ENDED)
    if state.assignee is None:
        raise refuse(NOT_ASSIGNED_TO_YOU)


def helpers_stay(state: State) -> bool:
    """Whether those who were invited are still so: it ends with the chat, and when nobody has the ticket."""
    return state.status is not Status.DONE and state.chat is not Chat.ENDED and state.assignee is not None
