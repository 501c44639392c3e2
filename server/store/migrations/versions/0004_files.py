"""files

Revision 0004, after 0003. Uploads and files, keys with which a phone joins a chat, and the device behind a customer's
token.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """files"""
    op.create_table(
        "files",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("thumbnail", sa.String(length=20), nullable=True),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("original_of", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "original_of"],
            ["files.company_id", "files.id"],
            name=op.f("fk_files_company_id_original_of_files"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "ticket_id"],
            ["tickets.company_id", "tickets.id"],
            name=op.f("fk_files_company_id_ticket_id_tickets"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_files_company_id_id")),
        comment="what was accepted; its bytes are in the storage, under company and id",
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("uploader_id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=True),
        sa.Column("original_of", sa.String(length=32), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state in ('receiving', 'checking', 'held', 'done', 'refused', 'cancelled')", name=op.f("ck_uploads_state")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "original_of"],
            ["files.company_id", "files.id"],
            name=op.f("fk_uploads_company_id_original_of_files"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "ticket_id"],
            ["tickets.company_id", "tickets.id"],
            name=op.f("fk_uploads_company_id_ticket_id_tickets"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint(
            "ticket_id", "uploader_id", "client_id", name=op.f("uq_uploads_ticket_id_uploader_id_client_id")
        ),
        comment="bytes on their way in; an accepted one becomes the file with the same id",
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index("ix_uploads_state", ["state", "changed_at"], unique=False)
        batch_op.create_index("ix_uploads_uploader", ["uploader_id", "created_at"], unique=False)
    op.create_table(
        "handovers",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "ticket_id"],
            ["tickets.company_id", "tickets.id"],
            name=op.f("fk_handovers_company_id_ticket_id_tickets"),
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_handovers")),
        sa.UniqueConstraint("hash", name=op.f("uq_handovers_hash")),
        comment="the key with which another device joins a customer's chat, once; role: who made it",
    )
    with op.batch_alter_table("customer_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_class", sa.String(length=12), nullable=True))
