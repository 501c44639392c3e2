"""The audit log as news: each line is told once, in whatever order lines are committed and heard."""

from server.bus import topics
from server.bus.control import SetupChanged
from server.desk.administration.news import LATE, News
from server.protocol import codec
from server.store import audit
from server.store.base import Announcement
from tests.desk.workshop import Workshop


async def test_a_line_that_is_committed_late_is_told_and_none_twice(shop: Workshop) -> None:
    """PostgreSQL numbers lines before it commits them: 6 may be there before 5."""
    news, told = News(shop.store), list[int]()
    news.listen(lambda changed: told.append(changed.audit))

    async def committed(number: int) -> None:
        line = {"noun": "team", "object_id": "0" * 32, "object": "Billing", "action": "changed", "changes": {}}
        await shop.store.write(lambda tx: audit.add(tx.conn, id=number, at=1, actor="Olga", **line))

    def heard(number: int) -> None:
        frame = codec.encode(SetupChanged(number, "team", "0" * 32, None))
        news.hear(Announcement(topics.CONTROL, 0, frame))

    await committed(6)
    await news.look()
    await committed(5)
    await news.look()
    assert told == [6, 5]
    heard(6)
    await committed(8)
    heard(8)
    heard(7)
    await news.look()
    await committed(7)
    await news.look()
    assert told == [6, 5, 8, 7]
    await committed(8 + 2 * LATE)
    await news.look()
    heard(5)
    assert told == [6, 5, 8, 7, 8 + 2 * LATE], "what is long over is not told again"
