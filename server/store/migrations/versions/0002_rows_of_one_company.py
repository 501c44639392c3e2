"""rows of one company

Revision 0002, after 0001. Keys that a row shares with its company, where 0001 had the id alone: a portal's and a
ticket's key prefix, a customer's portal, a stream's and a side effect's ticket.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """rows of one company"""
    with op.batch_alter_table("key_prefixes") as table:
        table.create_unique_constraint(op.f("uq_key_prefixes_company_id_prefix"), ["company_id", "prefix"])
    with op.batch_alter_table("portals") as table:
        table.drop_constraint(op.f("fk_portals_key_prefix_key_prefixes"), type_="foreignkey")
        table.create_foreign_key(
            op.f("fk_portals_company_id_key_prefix_key_prefixes"),
            "key_prefixes",
            ["company_id", "key_prefix"],
            ["company_id", "prefix"],
        )
    with op.batch_alter_table("customers") as table:
        table.drop_constraint(op.f("fk_customers_portal_id_portals"), type_="foreignkey")
        table.create_foreign_key(
            op.f("fk_customers_company_id_portal_id_portals"),
            "portals",
            ["company_id", "portal_id"],
            ["company_id", "id"],
        )
    with op.batch_alter_table("tickets") as table:
        table.create_foreign_key(
            op.f("fk_tickets_company_id_key_prefix_key_prefixes"),
            "key_prefixes",
            ["company_id", "key_prefix"],
            ["company_id", "prefix"],
        )
    with op.batch_alter_table("outbox") as table:
        table.create_foreign_key(
            op.f("fk_outbox_company_id_ticket_id_tickets"),
            "tickets",
            ["company_id", "ticket_id"],
            ["company_id", "id"],
        )
    with op.batch_alter_table("streams") as table:
        table.add_column(sa.Column("company_id", sa.String(length=32), nullable=True))
    op.execute("UPDATE streams SET company_id = (SELECT company_id FROM tickets WHERE tickets.id = streams.ticket_id)")
    with op.batch_alter_table("streams") as table:
        table.alter_column("company_id", existing_type=sa.String(length=32), nullable=False)
        table.drop_constraint(op.f("fk_streams_ticket_id_tickets"), type_="foreignkey")
        table.create_foreign_key(
            op.f("fk_streams_company_id_ticket_id_tickets"),
            "tickets",
            ["company_id", "ticket_id"],
            ["company_id", "id"],
        )
