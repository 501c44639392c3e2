"""Facts about this installation: its epoch and its secret."""

import hashlib
import hmac
import secrets

from sqlalchemy import Connection, select, update

from server.store import dialect
from server.store.tables import installation


def ensure(conn: Connection) -> None:
    """Make epoch and secret where they are missing."""
    for name in ("epoch", "secret"):
        conn.execute(
            dialect.insert(conn, installation)
            .values(name=name, value=secrets.token_hex(32 if name == "secret" else 8))
            .on_conflict_do_nothing()
        )


def get(conn: Connection, name: str) -> str:
    """The value; KeyError when the database has not been prepared."""
    value = conn.execute(select(installation.c.value).where(installation.c.name == name)).scalar_one_or_none()
    if value is None:
        raise KeyError(name)
    return str(value)


def new_epoch(conn: Connection) -> str:
    """After a restore: what clients remember may be ahead of this database, so they must start afresh."""
    epoch = secrets.token_hex(8)
    conn.execute(update(installation).where(installation.c.name == "epoch").values(value=epoch))
    return epoch


class Keys:
    """Keys derived from the installation's secret, one per purpose."""

    def __init__(self, secret: str) -> None:
        self._secret = bytes.fromhex(secret)

    def mac(self, purpose: str, *parts: str) -> str:
        """64 hex digits that only this installation can make."""
        message = "\x1f".join((purpose, *parts)).encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()
