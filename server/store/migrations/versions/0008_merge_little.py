"""the index of words is merged little at a time

Revision 0008, after 0007. On SQLite only: who adds words merges them (server/store/sqlite_indexing.py), so that SQLite
does not, and much at once.
"""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """the index of words is merged little at a time"""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO search_words (search_words, rank) VALUES ('automerge', 0)")
