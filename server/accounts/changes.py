"""The end of sessions, and the news that somebody must be looked at again.

With the last session the person is gone at once: there is nothing that could come back.
"""

from server.bus import topics
from server.bus.control import LeaseEnded, PersonChanged
from server.protocol import codec
from server.store import presence
from server.store import technicians as table
from server.store.base import Tx


def announce(tx: Tx, changed: PersonChanged) -> None:
    """Tell every process, after COMMIT, to look at this person again."""
    tx.announce(topics.person(changed.technician), 0, codec.encode(changed))


def end_session(tx: Tx, technician_id: str, session_hash: str) -> None:
    """End one session, and say so."""
    if table.end_session(tx.conn, session_hash):
        announce(tx, PersonChanged(technician_id, ended_credentials=[session_hash]))
        _let_go(tx, technician_id)


def end_other_sessions(tx: Tx, technician_id: str, keep: str) -> None:
    """End all sessions of a person but this one, and say so."""
    announce(tx, PersonChanged(technician_id, ended_credentials=table.end_sessions(tx.conn, technician_id, keep)))


def end_all_sessions(tx: Tx, technician_id: str, *, access: bool = False) -> None:
    """End every session of a person, and say so."""
    ended = table.end_sessions(tx.conn, technician_id)
    announce(tx, PersonChanged(technician_id, ended_credentials=ended, all_sessions=True, access=access))
    _let_go(tx, technician_id)


def _let_go(tx: Tx, technician_id: str) -> None:
    if presence.let_go(tx.conn, technician_id):
        tx.announce(topics.CONTROL, 0, codec.encode(LeaseEnded()))
