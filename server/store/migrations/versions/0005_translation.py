"""translation

Revision 0005, after 0004. Which tickets are translated, the languages of technicians, who translates and what.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """translation"""
    op.create_table(
        "ticket_languages",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("lang", sa.String(length=35), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "ticket_id"],
            ["tickets.company_id", "tickets.id"],
            name=op.f("fk_ticket_languages_company_id_ticket_id_tickets"),
        ),
        sa.PrimaryKeyConstraint("ticket_id", "lang", name=op.f("pk_ticket_languages")),
        comment="languages of technicians who have opened the ticket",
    )
    op.create_table(
        "translators",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pairs", sa.JSON(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translators")),
        comment="who translates now, what it can (from, to, version), and how long that holds without news",
    )
    with op.batch_alter_table("technicians", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(length=35), nullable=True))
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("translate", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("language_chosen", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("language_heard", sa.JSON(), nullable=True))
