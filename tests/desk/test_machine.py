"""Any commands by anybody, against the pure model; who listened knows exactly as much as who looks now.

After each command: state and transcript are the model's, numbers have no holes, a note has no number for the customer,
announcements are what the store tells those who missed them, and *old snapshot + announcements = fresh snapshot* for
both audiences' transcripts, each company's list, each person's own tickets and the places in the queues.
"""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.domain.ticket import Outcome, Step
from tests.desk.workshop import Workshop
from tests.desk.world import CUSTOMER_STEPS, TOGETHER, World

TEXTS = ("It prints nothing", "Still nothing", "Thank you")
STAFF_STEPS = tuple(step for step in Step if step not in CUSTOMER_STEPS)
OUTCOMES = (None, *Outcome)
STREAMS = ("a" * 32, "a" * 32, "b" * 32, None)
TURNS = (0, 0, -1, 1, 5)
"""Which number a message has, counted from the one whose turn it is."""
TALKERS = ("customer", "owner", "owner", "note")
MEANWHILE = ("available", "available", "away", "access", "hints", "reload", 1, 900, 5_000, 20_000)
"""Numbers are milliseconds that pass; undo runs out after 5 s, a lease on being there after 35 s."""
PRESENCE = ("sign", "renew", "sweep", "sweep")

which, flag = st.integers(0, 63), st.booleans()
texts, streams = st.sampled_from(TEXTS), st.sampled_from(STREAMS)
technicians, anybody = st.integers(0, 2), st.integers(0, 4)


class DeskMachine(RuleBasedStateMachine):
    """The world, as hypothesis turns it."""

    shop: ClassVar[Workshop]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.shop, self.runner)

    @initialize(words=texts, joined=flag)
    def begin(self, words: str, joined: bool) -> None:
        begin(self.world, words, joined)

    @rule(who=st.integers(0, 1), words=texts, again=flag)
    @precondition(lambda self: len(self.world.tickets) < 4)
    def open(self, who: int, words: str, again: bool) -> None:
        self.world.open(who, words, again=again)

    @rule(which=which, text=texts, who=st.sampled_from(TALKERS))
    def talk(self, which: int, text: str, who: str) -> None:
        self.world.talk(which, text, who)

    @rule(which=which, line=which, text=texts, note=flag, stream=streams, turn=st.integers(-2, 1))
    def repeat(self, which: int, line: int, text: str, note: bool, stream: str | None, turn: int) -> None:
        self.world.repeat(which, line, text, note, stream, turn)

    @rule(who=anybody, which=which, text=texts, note=flag, stream=streams, turn=st.sampled_from(TURNS))
    def write(self, who: int, which: int, text: str, note: bool, stream: str | None, turn: int) -> None:
        self.world.write(who, which, text, note, stream, turn)

    @rule(which=which, turn=which, outcome=st.sampled_from(OUTCOMES))
    def go_on(self, which: int, turn: int, outcome: Outcome | None) -> None:
        self.world.go_on(which, turn, outcome)

    @rule(who=anybody, which=which, what=st.sampled_from(STAFF_STEPS))
    def step(self, who: int, which: int, what: Step) -> None:
        self.world.step(who, which, what)

    @rule(who=technicians, which=which, what=st.sampled_from(TOGETHER), other=technicians)
    def together(self, who: int, which: int, what: str, other: int) -> None:
        self.world.together(who, which, what, other)

    @rule(which=which, who=technicians)
    def undo(self, which: int, who: int) -> None:
        self.world.undo(which, who)

    @rule(who=anybody, which=which, event=which, own=flag)
    def read(self, who: int, which: int, event: int, own: bool) -> None:
        self.world.read(who, which, event, own=own)

    @rule(what=st.sampled_from(MEANWHILE), which=which)
    def meanwhile(self, what: str | int, which: int) -> None:
        self.world.meanwhile(what, which)

    @rule(what=st.sampled_from(PRESENCE), who=technicians, passing=st.sampled_from((0, 0, 36_000, 61_000)))
    def presence(self, what: str, who: int, passing: int) -> None:
        self.world.meanwhile(passing, 0)
        self.world.presence(what, who)

    @invariant()
    def all_agree(self) -> None:
        self.world.check()

    def teardown(self) -> None:
        self.world.check_all()


def begin(world: World, words: str, joined: bool) -> None:
    """A ticket for each customer; somebody may be in the chat of the first already."""
    for who in (0, 1):
        world.open(who, words, again=False)
    if joined:
        for step in (Step.ASSIGN, Step.JOIN):
            world.step(0, 0, step)


def wander(world: World, dice: random.Random) -> None:
    """One command, most of them sensible: further into a ticket's life than examples get that can be made smaller."""
    which, text, coin = dice.randrange(64), dice.choice(TEXTS), dice.random() < 0.5
    kinds = ("talk", "talk", "talk", "go on", "go on", "repeat", "write", "step", "undo", "read", "read", "meanwhile")
    kind = dice.choice((*kinds, "presence", "together", "together"))
    if kind == "talk":
        world.talk(which, text, dice.choice(TALKERS))
    elif kind == "go on":
        world.go_on(which, dice.randrange(64), dice.choice(OUTCOMES))
    elif kind == "repeat":
        world.repeat(which, dice.randrange(64), text, coin, dice.choice(STREAMS), dice.randint(-2, 1))
    elif kind == "write":
        world.write(dice.randrange(5), which, text, coin, dice.choice(STREAMS), dice.choice(TURNS))
    elif kind == "step":
        world.step(dice.randrange(5), which, dice.choice(STAFF_STEPS))
    elif kind == "undo":
        world.undo(which, dice.randrange(3))
    elif kind == "read":
        world.read(dice.randrange(5), which, dice.randrange(64), own=coin)
    elif kind == "together":
        owner = world.owner(which) if coin else dice.randrange(3)
        world.together(owner, which, dice.choice(TOGETHER), dice.randrange(3))
    elif kind == "presence":
        world.meanwhile(dice.choice((0, 10_000, 36_000, 61_000)), which)
        world.presence(dice.choice(PRESENCE), which)
    else:
        world.meanwhile(dice.choice(MEANWHILE), which)
    if len(world.tickets) < 5 and dice.random() < 0.02:
        world.open(dice.randrange(2), text, again=coin)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[None]:
    """A database that all examples share, each with companies of its own."""
    with asyncio.Runner() as runner:
        DeskMachine.runner = runner
        DeskMachine.shop = runner.run(Workshop.open(tmp_path))
        yield
        runner.run(DeskMachine.shop.close())


@pytest.mark.timeout(400)  # a failure is made smaller, which takes a while
def test_any_commands_by_anybody(workshop: None) -> None:
    """G-02..G-05, G-22..G-34, C-08, C-13, C-17, X-9: see the module."""
    run_state_machine_as_test(
        DeskMachine,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


@pytest.mark.parametrize("seed", range(6))
def test_long_lives_of_tickets(workshop: None, seed: int) -> None:
    """The same, 250 commands long."""
    dice = random.Random(seed)
    world = World(DeskMachine.shop, DeskMachine.runner)
    begin(world, TEXTS[0], joined=True)
    for _ in range(250):
        wander(world, dice)
        world.check()
    world.check_all()
