"""presence

Revision 0003, after 0002. Technicians hold a lease on being there. Whoever does not come back within a lease of the
upgrade counts as gone since the upgrade.
"""

import time
from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

LEASE_MS: Final = 35_000


def upgrade() -> None:
    """presence"""
    with op.batch_alter_table("technicians") as table:
        table.add_column(sa.Column("present_at", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("present_until", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("absent_since", sa.BigInteger(), nullable=True))
    now = time.time_ns() // 1_000_000
    lease = sa.text("UPDATE technicians SET present_at = :now, present_until = :until")
    op.execute(lease.bindparams(now=now, until=now + LEASE_MS))
