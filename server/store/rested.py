"""A connection that has rested is looked at before it is used: after a restart of the server all of them are dead.

The library's own ``pool_pre_ping`` looks each time, which is three round trips before each transaction of five. One
that was in use a moment ago is not looked at: if it has died since, the transaction is run again, as one is whose
connection dies in the middle.
"""

import time
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine

RESTED_S: Final = 1.0
SINCE: Final = "rests since"


def look_at_rested(engine: AsyncEngine) -> None:
    """From now on, in this pool."""
    dialect = engine.sync_engine.dialect
    failures = dialect.loaded_dbapi.Error

    def rests(_connection: Any, record: Any) -> None:
        record.info[SINCE] = time.monotonic()

    def is_used(connection: Any, record: Any, _proxy: Any) -> None:
        now = time.monotonic()
        if now - record.info.get(SINCE, now) < RESTED_S:
            return
        try:
            dialect.do_ping(connection)
        except failures as error:
            raise InvalidatePoolError("it has died while it rested") from error  # so have all that are as old

    event.listen(engine.sync_engine, "checkin", rests)
    event.listen(engine.sync_engine, "checkout", is_used)
