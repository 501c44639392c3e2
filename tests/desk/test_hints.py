"""What is told of tickets at most once a second, from what was announced."""

from server.bus import topics
from server.desk.hints import Hints
from server.store.base import Announcement
from tests.desk.replicas import decoded
from tests.desk.workshop import Workshop


async def test_a_ticket_that_the_database_has_forgotten_ends_nothing(shop: Workshop) -> None:
    """A crash without fsync, a backup put back under a running server: the others are told of all the same."""
    opened = await shop.ticket(await shop.portal("Acme"))
    heard = shop.take()
    told: list[Announcement] = []
    hints = Hints(shop.desk, told.extend)
    hints.notice([Announcement(topics.staff("0" * 32), 4, b"{}"), *heard])
    await hints.flush()
    frames = [decoded(one.frame) for one in told]
    assert [frame["hint"]["ticket"] for frame in frames if frame["type"] == "hint"] == [opened.ticket.id]
