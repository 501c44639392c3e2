"""first tables

Revision 0001, the beginning. The shape of each table is explained in server/store/tables.py.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """first tables"""
    op.create_table(
        "companies",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=63), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("list_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sa.UniqueConstraint("slug", name=op.f("uq_companies_slug")),
    )
    op.create_table(
        "installation",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation")),
        comment="epoch (new after restore), secret (keys are derived from it)",
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=True),
        sa.Column("lease_owner", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        comment="side effects to be done at least once",
    )
    op.create_table(
        "technicians",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_pending", sa.Text(), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("availability", sa.String(length=16), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("availability in ('available', 'away')", name=op.f("ck_technicians_availability")),
        sa.CheckConstraint("role in ('technician', 'administrator')", name=op.f("ck_technicians_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technicians")),
        sa.UniqueConstraint("email", name=op.f("uq_technicians_email")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("blocked_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
        comment="failed sign-ins per account and address; a restart must not forget them",
    )
    op.create_table(
        "access",
        sa.Column("technician_id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_access_company_id_companies")),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technicians.id"], name=op.f("fk_access_technician_id_technicians")
        ),
        sa.PrimaryKeyConstraint("technician_id", "company_id", name=op.f("pk_access")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("technician_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technicians.id"], name=op.f("fk_api_tokens_technician_id_technicians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_tokens_hash")),
    )
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_tokens_technician_id"), ["technician_id"], unique=False)

    op.create_table(
        "key_prefixes",
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("last_no", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_key_prefixes_company_id_companies")),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_key_prefixes")),
        comment="ticket keys ACME-1, ACME-2 … count here",
    )
    op.create_table(
        "queues",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("kind in ('portal', 'team', 'technician')", name=op.f("ck_queues_kind")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_queues_company_id_companies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queues")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_queues_company_id_id")),
        sa.UniqueConstraint("kind", "owner_id", name=op.f("uq_queues_kind_owner_id")),
        comment="where an unassigned ticket waits; owner_id is the portal, team or technician",
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("technician_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technicians.id"], name=op.f("fk_sessions_technician_id_technicians")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sessions")),
        comment="console sessions; hash is the SHA-256 of the cookie",
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_technician_id"), ["technician_id"], unique=False)

    op.create_table(
        "portals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=63), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_prefix", sa.String(length=16), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_portals_company_id_companies")),
        sa.ForeignKeyConstraint(
            ["key_prefix"], ["key_prefixes.prefix"], name=op.f("fk_portals_key_prefix_key_prefixes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portals")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_portals_company_id_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_portals_slug")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("portal_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_customers_company_id_companies")),
        sa.ForeignKeyConstraint(["portal_id"], ["portals.id"], name=op.f("fk_customers_portal_id_portals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_customers_company_id_id")),
        sa.UniqueConstraint("portal_id", "subject", name=op.f("uq_customers_portal_id_subject")),
        comment="subject: sub of a signed identity; then verified is true",
    )
    op.create_table(
        "customer_tokens",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customers.company_id", "customers.id"],
            name=op.f("fk_customer_tokens_company_id_customer_id_customers"),
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_customer_tokens")),
    )
    with op.batch_alter_table("customer_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_tokens_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("portal_id", sa.String(length=32), nullable=False),
        sa.Column("queue_id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=32), nullable=False),
        sa.Column("key_prefix", sa.String(length=16), nullable=False),
        sa.Column("key_no", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("client_hash", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("customer_sort", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("company_code", sa.Text(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=12), nullable=False),
        sa.Column("view", sa.String(length=12), nullable=False),
        sa.Column("assignee_id", sa.String(length=32), nullable=True),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("undo", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("device_class", sa.String(length=12), nullable=False),
        sa.Column("os", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("list_seq", sa.BigInteger(), nullable=False),
        sa.Column("staff_seq", sa.BigInteger(), nullable=False),
        sa.Column("customer_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_activity_at", sa.BigInteger(), nullable=False),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("customer_read", sa.BigInteger(), nullable=False),
        sa.Column("technician_read", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["technicians.id"], name=op.f("fk_tickets_assignee_id_technicians")),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customers.company_id", "customers.id"],
            name=op.f("fk_tickets_company_id_customer_id_customers"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "portal_id"],
            ["portals.company_id", "portals.id"],
            name=op.f("fk_tickets_company_id_portal_id_portals"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "queue_id"],
            ["queues.company_id", "queues.id"],
            name=op.f("fk_tickets_company_id_queue_id_queues"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_tickets_company_id_companies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_tickets_company_id_id")),
        sa.UniqueConstraint("key_prefix", "key_no", name=op.f("uq_tickets_key_prefix_key_no")),
        sa.UniqueConstraint("portal_id", "client_id", name=op.f("uq_tickets_portal_id_client_id")),
        comment="*_read: staff_seq of the last event that side has read",
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index("ix_tickets_assignee", ["assignee_id", "view"], unique=False)
        batch_op.create_index("ix_tickets_customer", ["customer_id", "created_at"], unique=False)
        batch_op.create_index("ix_tickets_list", ["company_id", "list_seq"], unique=False)
        batch_op.create_index("ix_tickets_queue", ["queue_id", "view", "queued_at"], unique=False)
        batch_op.create_index("ix_tickets_time", ["company_id", "created_at"], unique=False)
        batch_op.create_index("ix_tickets_view", ["company_id", "view", "created_at"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("staff_seq", sa.BigInteger(), nullable=False),
        sa.Column("customer_seq", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("author_role", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("public_name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "ticket_id"],
            ["tickets.company_id", "tickets.id"],
            name=op.f("fk_events_company_id_ticket_id_tickets"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint(
            "ticket_id", "author_id", "client_id", name=op.f("uq_events_ticket_id_author_id_client_id")
        ),
        sa.UniqueConstraint("ticket_id", "customer_seq", name=op.f("uq_events_ticket_id_customer_seq")),
        sa.UniqueConstraint("ticket_id", "staff_seq", name=op.f("uq_events_ticket_id_staff_seq")),
        comment="append-only; data: status and chat after the event, outcome",
    )
    op.create_table(
        "search",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "ticket_id"],
            ["tickets.company_id", "tickets.id"],
            name=op.f("fk_search_company_id_ticket_id_tickets"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search")),
        sa.UniqueConstraint("ticket_id", "event_id", name=op.f("uq_search_ticket_id_event_id")),
        comment="search_text() of a ticket's head (event_id '') and of each message and note",
    )
    op.create_table(
        "streams",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("stream", sa.String(length=32), nullable=False),
        sa.Column("last_n", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_streams_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", "author_id", "stream", name=op.f("pk_streams")),
        comment="last number accepted from a tab",
    )
    if op.get_bind().dialect.name == "sqlite":
        # an index over search.text, which holds only what search_text() leaves: words and blanks
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5(text, content='search', content_rowid='id', prefix='2 3')"
        )
    else:
        op.execute("CREATE INDEX ix_search_words ON search USING gin (array_to_tsvector(string_to_array(text, ' ')))")
