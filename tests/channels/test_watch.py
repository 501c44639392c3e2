"""The hand-over from page to live: what is committed while the page is read comes once, and in order."""

from typing import Any

import pytest

from server.channels.door import Watch
from server.channels.hub import Hub
from server.store.base import Announcement
from server.tasks import Tasks
from tests.channels.conftest import Neighbour
from tests.channels.test_hub import TOPIC, Bus, Store, told


def unnumbered(text: str) -> Announcement:
    return Announcement(TOPIC, 0, text.encode())


@pytest.fixture
def hub() -> Hub:
    store = Store()
    return Hub(Bus(), store.missed, store.tails, Tasks())


def watch(hub: Hub) -> tuple[Watch, list[str]]:
    pushed: list[str] = []
    return Watch(hub, TOPIC, lambda frame: pushed.append(frame.decode())), pushed


def test_what_comes_before_the_page_is_out_is_held_back(hub: Hub) -> None:
    first, pushed = watch(hub)
    for seq in (6, 7, 8):
        hub.accept(told(seq))
    assert pushed == []
    first.go(7)
    assert pushed == ["8"]
    hub.accept(told(9))
    assert pushed == ["8", "9"]


def test_a_page_ahead_of_the_feed_is_not_told_twice(hub: Hub) -> None:
    """The page came from the store; the bus is slower."""
    first, one = watch(hub)
    first.go(5)
    second, two = watch(hub)
    second.go(7)
    for seq in (6, 7, 8):
        hub.accept(told(seq))
    assert one == ["6", "7", "8"]
    assert two == ["8"]


def test_marks_that_change_while_the_page_is_read_are_told_after_it(hub: Hub) -> None:
    """The page may have been read before the mark moved."""
    first, pushed = watch(hub)
    hub.accept(unnumbered("read by Ada"))
    first.go(7)
    assert pushed == ["read by Ada"]


def test_a_pause_holds_back_and_loses_nothing(hub: Hub) -> None:
    first, pushed = watch(hub)
    first.go(7)
    first.pause()
    hub.accept(told(8))
    hub.accept(unnumbered("read by Ada"))
    assert pushed == []
    first.go_on()
    assert pushed == ["8", "read by Ada"]


def test_a_pause_before_the_page_changes_nothing(hub: Hub) -> None:
    first, pushed = watch(hub)
    hub.accept(told(8))
    first.pause()
    first.go_on()
    assert pushed == []
    first.go(7)
    assert pushed == ["8"]


def test_a_watch_that_was_stopped_hears_nothing_more(hub: Hub) -> None:
    first, pushed = watch(hub)
    first.go(7)
    first.stop()
    hub.accept(told(8))
    assert pushed == []
    assert hub.open_topics() == []


def seqs(frames: list[dict[str, Any]]) -> list[int]:
    return [frame["seq"] for frame in frames if frame["type"] == "event"]


async def test_a_second_window_opened_while_the_bus_is_slow_hears_nothing_twice(place: Neighbour) -> None:
    """Over whole doors: the event is committed, the page has it, the announcement comes later."""
    opened = await place.open()
    lena = place.office.worker("Lena")
    one = await place.console(lena)
    await one.call("watch", ticket=opened.ticket.id)
    place.hold_back()
    ada = await place.customer(opened)
    await ada.say(opened.ticket.id, "second")
    await ada.say(opened.ticket.id, "third")
    two = await place.console(lena, available=False)
    page = await two.call("watch", ticket=opened.ticket.id)
    assert page["tail"] == 3
    place.let_go()
    await ada.say(opened.ticket.id, "fourth")
    for wire in (one, two):
        await wire.find(lambda frame: frame["type"] == "event" and frame["seq"] == 4)
    assert seqs(one.frames) == [2, 3, 4]
    assert seqs(two.frames) == [4]
