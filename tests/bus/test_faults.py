"""Redis dies, freezes, forgets and hangs up: afterwards every open topic was told of the gap, and all is well.

Nothing in here may log an error or leave an exception that nobody looked at: the fixture ``ears`` checks that.
"""

import asyncio
import time

import pytest
from prometheus_client import REGISTRY

from server.bus import link
from server.store.base import Announcement
from tests.bus.conftest import Ear, a_bus
from tests.bus.test_contract import told
from tests.bus.tunnel import Tunnel
from tests.support.valkey import Valkey

Ears = tuple[Ear, Ear]
TOPICS = ["control", "ticket/1/staff", "ticket/1/customer", "list/1", "person/1"]

pytestmark = pytest.mark.faults


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with shorter times."""
    for name, seconds in {"CONNECT": 0.5, "READ": 1.0, "BEAT": 0.1, "HEARD_WITHIN": 0.6, "TICK": 0.2}.items():
        monkeypatch.setattr(link, name, seconds)


def links() -> float:
    return REGISTRY.get_sample_value("deskwire_bus_links_total") or 0


async def listening(ears: Ears) -> None:
    for ear in ears:
        await ear.listen(*TOPICS)
        ear.gaps.clear()


async def both_notice(ears: Ears) -> None:
    for ear in ears:
        await ear.until(lambda ear=ear: not ear.bus.healthy)  # type: ignore[misc]


async def recovered(ears: Ears) -> None:
    """Both have a link again, every topic was told of the gap, and each hears the other on every topic."""
    for ear in ears:
        await ear.until(lambda ear=ear: set(TOPICS) <= set(ear.gaps) and ear.bus.healthy)  # type: ignore[misc]
    for speaker, listener in (ears, ears[::-1]):
        listener.heard.clear()
        speaker.bus.publish([Announcement(topic, 77, b"recovered") for topic in TOPICS])
        await listener.until(lambda: {t.topic for t in listener.heard if t.seq == 77} == set(TOPICS))  # noqa: B023


async def test_restart(ears: Ears, valkey: Valkey) -> None:
    await listening(ears)
    valkey.restart()
    await recovered(ears)


async def test_kill_9(ears: Ears, valkey: Valkey) -> None:
    await listening(ears)
    for _ in range(3):
        for ear in ears:
            ear.gaps.clear()
        valkey.kill()
        await both_notice(ears)
        ears[0].bus.publish(told("list/1", 1))
        assert ears[0].seqs("list/1")[-1:] == [1], "the own process hears it without Redis"
        valkey.start()
        await recovered(ears)


async def test_connections_killed_again_and_again_while_both_speak(ears: Ears, valkey: Valkey) -> None:
    await listening(ears)
    last = 0
    for _round in range(20):
        valkey.admin.client_kill_filter(_type="pubsub")
        valkey.admin.client_kill_filter(_type="normal", skipme=True)
        until = time.monotonic() + 0.1
        while time.monotonic() < until:
            last += 1
            for ear in ears:
                ear.bus.publish(told("ticket/1/staff", last))
            await asyncio.sleep(0.001)
    await recovered(ears)


async def test_nothing_is_lost_and_order_holds_when_only_the_speaker_is_cut(ears: Ears, valkey: Valkey) -> None:
    """What was on its way comes again, as a whole stretch: nobody sees a number before the one it follows."""
    _here, there = ears
    await there.listen("ticket/1/staff")
    others = {client["name"] for client in valkey.admin.client_list()}
    speaker = Ear(a_bus(valkey.url))
    await speaker.well()
    for seq in range(1, 501):
        speaker.bus.publish(told("ticket/1/staff", seq))
        if seq % 100 == 50:
            for client in valkey.admin.client_list():
                if client["name"] not in others:
                    valkey.admin.client_kill_filter(_id=client["id"])
        await asyncio.sleep(0.001)
    await there.until(lambda: 500 in there.seqs("ticket/1/staff"))
    await speaker.bus.close()
    assert list(dict.fromkeys(there.seqs("ticket/1/staff"))) == list(range(1, 501))


async def test_only_the_subscriptions_are_killed(ears: Ears, valkey: Valkey) -> None:
    await listening(ears)
    valkey.admin.client_kill_filter(_type="pubsub")
    await recovered(ears)


@pytest.mark.usefixtures("impatient")
async def test_paused_for_longer_than_anybody_waits(ears: Ears, valkey: Valkey) -> None:
    await listening(ears)
    valkey.admin.client_pause(3_000)
    await both_notice(ears)
    await recovered(ears)


@pytest.mark.usefixtures("impatient")
async def test_asleep(ears: Ears, valkey: Valkey) -> None:
    await listening(ears)
    sleep = asyncio.create_task(asyncio.to_thread(valkey.admin.execute_command, "DEBUG", "SLEEP", "3"))
    await both_notice(ears)
    await sleep
    await recovered(ears)


@pytest.mark.usefixtures("impatient")
async def test_frozen_and_thawed(ears: Ears, valkey: Valkey) -> None:
    await listening(ears)
    valkey.freeze()
    await both_notice(ears)
    valkey.thaw()
    await recovered(ears)


async def test_a_frozen_server_is_noticed(ears: Ears, valkey: Valkey) -> None:
    """With the times as they are: no connection closes, and yet it is noticed."""
    valkey.freeze()
    await both_notice(ears)
    valkey.thaw()


@pytest.mark.usefixtures("impatient")
async def test_a_stop_is_quick_although_the_server_is_frozen(ears: Ears, valkey: Valkey) -> None:
    for seconds_of_silence in (0, 1):  # at once; and while it tries to connect anew
        stopping = Ear(a_bus(valkey.url))
        await stopping.well()
        valkey.freeze()
        stopping.bus.publish(told("list/1", *range(1, 5_000)))
        if seconds_of_silence:
            await stopping.until(lambda: not stopping.bus.healthy)  # noqa: B023
        async with asyncio.timeout(3):
            await stopping.bus.close()
        valkey.thaw()
        for ear in ears:
            await ear.well()


async def test_flushed(ears: Ears, valkey: Valkey) -> None:
    """There is nothing in it to lose."""
    here, there = ears
    await listening(ears)
    for seq in range(1, 51):
        valkey.admin.flushall()
        here.bus.publish(told("list/1", seq))
    await there.until(lambda: there.seqs("list/1") == list(range(1, 51)))
    assert here.gaps == there.gaps == []
    assert here.bus.healthy
    assert there.bus.healthy


async def test_a_tiny_output_buffer_limit(ears: Ears, valkey: Valkey) -> None:
    """Valkey hangs up on whoever it has more for than it may keep, again and again."""
    here, there = ears
    await listening(ears)
    valkey.admin.config_set("client-output-buffer-limit", "pubsub 1kb 1kb 1")
    for seq in range(1, 6):
        here.bus.publish(
            [Announcement("list/1", number, b"x" * 10_000) for number in range(seq * 100, seq * 100 + 100)]
        )
        await there.until(lambda: bool(there.gaps))
        await there.well()
        there.gaps.clear()
    here.bus.publish([Announcement("list/1", number, b"x" * 10_000) for number in range(100)])
    await there.until(lambda: set(TOPICS) <= set(there.gaps))
    here.gaps += TOPICS  # the speaker may not have been cut at all
    await recovered(ears)


async def test_a_thousand_topics_fit_into_a_tiny_output_buffer(ears: Ears, valkey: Valkey) -> None:
    """Confirmations alone must not be what the server hangs up for."""
    here, there = ears
    valkey.admin.config_set("client-output-buffer-limit", "pubsub 1kb 1kb 1")
    before = links()
    topics = [f"ticket/{number:026}/customer" for number in range(1_000)]
    await here.listen(*topics)
    assert links() == before
    here.gaps.clear()
    valkey.admin.client_kill_filter(_type="pubsub")
    await here.until(lambda: set(topics) <= set(here.gaps) and here.bus.healthy)
    there.bus.publish(told(topics[-1], 1))
    await here.until(lambda: here.seqs(topics[-1]) == [1])


@pytest.mark.usefixtures("impatient")
async def test_a_subscription_that_nobody_closes_and_nothing_comes_from(ears: Ears, valkey: Valkey) -> None:
    """Publishing works, nothing fails: only the own heartbeat can tell."""
    _here, there = ears
    tunnel = Tunnel(valkey)
    deaf = Ear(a_bus(f"redis://127.0.0.1:{await tunnel.open()}"))
    await deaf.listen("list/1")
    await deaf.well()
    deaf.gaps.clear()
    tunnel.silent = True
    await deaf.until(lambda: not deaf.bus.healthy)
    tunnel.silent = False
    await deaf.until(lambda: deaf.bus.healthy and deaf.gaps == ["list/1"])
    there.bus.publish(told("list/1", 1))
    await deaf.until(lambda: deaf.seqs("list/1") == [1])
    await deaf.bus.close()
    await tunnel.close()
