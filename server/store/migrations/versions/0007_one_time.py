"""one-time passwords

Revision 0007, after 0006. Since when somebody has a one-time password; older ones count from the upgrade on.
"""

import time

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """one-time passwords"""
    with op.batch_alter_table("technicians") as table:
        table.add_column(sa.Column("one_time_since", sa.BigInteger(), nullable=True))
    now = time.time_ns() // 1_000_000
    op.execute(sa.text("UPDATE technicians SET one_time_since = :now WHERE must_change_password").bindparams(now=now))
