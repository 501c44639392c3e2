"""What every bus promises to the one process that uses it, whether or not others can be reached."""

import asyncio

from server.bus.base import Bus
from server.bus.frame import LARGEST
from server.store.base import Announcement
from tests.bus.conftest import Ear


def told(topic: str, *seqs: int) -> list[Announcement]:
    return [Announcement(topic, seq, f'{{"seq":{seq}}}'.encode()) for seq in seqs]


async def test_announcements_arrive_at_once_whole_and_in_order(bus: Bus) -> None:
    ear = Ear(bus)
    bus.subscribe("a")
    bus.subscribe("b")
    sent = [*told("a", 1, 2), *told("b", 7), *told("a", 3)]
    bus.publish(sent)
    assert ear.heard == sent


async def test_successive_calls_keep_their_order(bus: Bus) -> None:
    ear = Ear(bus)
    bus.subscribe("a")
    for seq in range(1, 500):
        bus.publish(told("a", seq))
        if seq % 50 == 0:
            await asyncio.sleep(0)
    assert ear.seqs("a") == list(range(1, 500))


async def test_any_bytes_travel_unchanged(bus: Bus) -> None:
    ear = Ear(bus)
    bus.subscribe("ticket/ö/staff")
    sent = [Announcement("ticket/ö/staff", 2**63, bytes(range(256))), Announcement("ticket/ö/staff", 0, b"")]
    bus.publish(sent)
    assert ear.heard == sent


async def test_only_subscribed_topics_arrive(bus: Bus) -> None:
    ear = Ear(bus)
    bus.subscribe("a")
    bus.publish([*told("aa", 1), *told("a/b", 2), *told("", 3), *told("a", 4)])
    assert ear.heard == told("a", 4)


async def test_nothing_arrives_after_unsubscribe(bus: Bus) -> None:
    ear = Ear(bus)
    bus.subscribe("a")
    bus.unsubscribe("a")
    bus.unsubscribe("never subscribed")
    bus.publish(told("a", 1))
    assert ear.heard == []


async def test_a_topic_subscribed_again_arrives_again(bus: Bus) -> None:
    ear = Ear(bus)
    for seq in range(1, 6):
        bus.subscribe("a")
        bus.publish(told("a", seq))
        bus.unsubscribe("a")
    assert ear.seqs("a") == [1, 2, 3, 4, 5]


async def test_a_listener_may_subscribe_and_publish(bus: Bus) -> None:
    heard: list[str] = []

    def hear(announcement: Announcement) -> None:
        heard.append(announcement.topic)
        if announcement.topic == "a":
            bus.subscribe("b")
            bus.publish(told("b", 1))

    bus.on_message = hear
    bus.subscribe("a")
    bus.publish(told("a", 1))
    assert heard == ["a", "b"]


async def test_what_is_too_large_for_others_still_arrives_here(bus: Bus) -> None:
    ear = Ear(bus)
    bus.subscribe("a")
    bus.publish([Announcement("a", 1, b"x" * LARGEST), *told("a", 2)])
    assert ear.seqs("a") == [1, 2]


async def test_closing_twice_and_speaking_afterwards_is_harmless(bus: Bus) -> None:
    ear = Ear(bus)
    bus.subscribe("a")
    await bus.close()
    await bus.close()
    bus.publish(told("a", 1))
    bus.unsubscribe("a")
    assert ear.seqs("a") in ([1], [])
