"""portals

Revision 0006, after 0005. What administrators set up (teams, forms, issue types, schedules, notices, canned replies,
hosts, pictures) and the audit log; session keys, accounts of customers; transfers and invitations; how a ticket came.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """portals"""
    _tables_of_companies()
    _tables_of_those()
    _tables_of_tickets()
    _columns()


def _tables_of_companies() -> None:
    """Tables that point at companies only."""
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.String(length=32), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=True),
        sa.Column("noun", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.String(length=32), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        comment="append-only: who changed what; no foreign keys, for it outlives what it tells of",
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_company", ["company_id", "id"], unique=False)
        batch_op.create_index("ix_audit_object", ["object_id", "id"], unique=False)

    op.create_table(
        "pictures",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        comment="logos and faces: small, made anew by us, readable by anybody who knows the id",
    )
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_canned_replies_company_id_companies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_canned_replies_company_id_id")),
        comment="texts: language -> text with placeholders",
    )
    op.create_table(
        "customer_accounts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_customer_accounts_company_id_companies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_accounts")),
        sa.UniqueConstraint("company_id", "email", name=op.f("uq_customer_accounts_company_id_email")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_customer_accounts_company_id_id")),
        comment="password_hash: none until the person has chosen one",
    )
    op.create_table(
        "forms",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_forms_company_id_companies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_forms_company_id_id")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_forms_company_id_name")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=35), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("visitors", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_notices_company_id_companies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_notices_company_id_id")),
        comment="text: in lang, as it was written; texts: in other languages, as somebody has written it",
    )
    op.create_table(
        "schedules",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("exceptions", sa.JSON(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_schedules_company_id_companies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_schedules_company_id_id")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_schedules_company_id_name")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_teams_company_id_companies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_teams_company_id_id")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_teams_company_id_name")),
    )


def _tables_of_those() -> None:
    """Tables that point at these, and at portals."""
    op.create_table(
        "customer_links",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "account_id"],
            ["customer_accounts.company_id", "customer_accounts.id"],
            name=op.f("fk_customer_links_company_id_account_id_customer_accounts"),
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_customer_links")),
        comment="links with which a customer chooses a password, once: invitations and resets",
    )
    with op.batch_alter_table("customer_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_links_account_id"), ["account_id"], unique=False)

    op.create_table(
        "issue_types",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("portal_id", sa.String(length=32), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=32), nullable=True),
        sa.Column("team_id", sa.String(length=32), nullable=True),
        sa.Column("technician_id", sa.String(length=32), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "form_id"],
            ["forms.company_id", "forms.id"],
            name=op.f("fk_issue_types_company_id_form_id_forms"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "portal_id"],
            ["portals.company_id", "portals.id"],
            name=op.f("fk_issue_types_company_id_portal_id_portals"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "team_id"],
            ["teams.company_id", "teams.id"],
            name=op.f("fk_issue_types_company_id_team_id_teams"),
        ),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technicians.id"], name=op.f("fk_issue_types_technician_id_technicians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_types")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_issue_types_company_id_id")),
        comment="what customers choose from; where its tickets wait: a team, a person, or else the portal",
    )
    with op.batch_alter_table("issue_types", schema=None) as batch_op:
        batch_op.create_index("ix_issue_types_portal", ["portal_id", "position"], unique=False)

    op.create_table(
        "notice_portals",
        sa.Column("notice_id", sa.String(length=32), nullable=False),
        sa.Column("portal_id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "notice_id"],
            ["notices.company_id", "notices.id"],
            name=op.f("fk_notice_portals_company_id_notice_id_notices"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "portal_id"],
            ["portals.company_id", "portals.id"],
            name=op.f("fk_notice_portals_company_id_portal_id_portals"),
        ),
        sa.PrimaryKeyConstraint("notice_id", "portal_id", name=op.f("pk_notice_portals")),
    )
    with op.batch_alter_table("notice_portals", schema=None) as batch_op:
        batch_op.create_index("ix_notice_portals_portal", ["portal_id"], unique=False)

    op.create_table(
        "portal_hosts",
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("portal_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "portal_id"],
            ["portals.company_id", "portals.id"],
            name=op.f("fk_portal_hosts_company_id_portal_id_portals"),
        ),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_portal_hosts")),
        comment="host names whose first page is this portal (B-08)",
    )
    with op.batch_alter_table("portal_hosts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_portal_hosts_portal_id"), ["portal_id"], unique=False)

    op.create_table(
        "team_members",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("technician_id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("supervisor", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "team_id"],
            ["teams.company_id", "teams.id"],
            name=op.f("fk_team_members_company_id_team_id_teams"),
        ),
        sa.ForeignKeyConstraint(
            ["technician_id", "company_id"],
            ["access.technician_id", "access.company_id"],
            name=op.f("fk_team_members_technician_id_company_id_access"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "technician_id", name=op.f("pk_team_members")),
    )
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.create_index("ix_team_members_technician", ["technician_id"], unique=False)


def _tables_of_tickets() -> None:
    """Tables that point at tickets."""
    op.create_table(
        "notice_waits",
        sa.Column("notice_id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "notice_id"],
            ["notices.company_id", "notices.id"],
            name=op.f("fk_notice_waits_company_id_notice_id_notices"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "ticket_id"],
            ["tickets.company_id", "tickets.id"],
            name=op.f("fk_notice_waits_company_id_ticket_id_tickets"),
        ),
        sa.PrimaryKeyConstraint("notice_id", "ticket_id", name=op.f("pk_notice_waits")),
        comment="customers who have found their problem in a notice and wait for news (B-50)",
    )
    with op.batch_alter_table("notice_waits", schema=None) as batch_op:
        batch_op.create_index("ix_notice_waits_ticket", ["ticket_id"], unique=False)

    op.create_table(
        "notice_translations",
        sa.Column("notice_id", sa.String(length=32), nullable=False),
        sa.Column("lang", sa.String(length=35), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("original", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "notice_id"],
            ["notices.company_id", "notices.id"],
            name=op.f("fk_notice_translations_company_id_notice_id_notices"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notice_id", "lang", name=op.f("pk_notice_translations")),
        comment=(
            "what a machine made of a notice; original: hash of what it was made from; text: none where it could not"
        ),
    )
    op.create_table(
        "participants",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("technician_id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("invited_by", sa.String(length=32), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "ticket_id"],
            ["tickets.company_id", "tickets.id"],
            name=op.f("fk_participants_company_id_ticket_id_tickets"),
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["technicians.id"], name=op.f("fk_participants_invited_by_technicians")
        ),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technicians.id"], name=op.f("fk_participants_technician_id_technicians")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "technician_id", name=op.f("pk_participants")),
        comment="technicians who were invited into a chat beside its owner, and whether they have come (G-34)",
    )
    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.create_index("ix_participants_technician", ["technician_id"], unique=False)

    op.create_table(
        "session_keys",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("portal_id", sa.String(length=32), nullable=False),
        sa.Column("technician_id", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("ticket_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "portal_id"],
            ["portals.company_id", "portals.id"],
            name=op.f("fk_session_keys_company_id_portal_id_portals"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "ticket_id"],
            ["tickets.company_id", "tickets.id"],
            name=op.f("fk_session_keys_company_id_ticket_id_tickets"),
        ),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technicians.id"], name=op.f("fk_session_keys_technician_id_technicians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_keys")),
        sa.UniqueConstraint("hash", name=op.f("uq_session_keys_hash")),
        comment="one-time ways in, made by a technician for a customer; note: for whom, in the technician's words",
    )
    with op.batch_alter_table("session_keys", schema=None) as batch_op:
        batch_op.create_index("ix_session_keys_technician", ["technician_id", "created_at"], unique=False)

    op.create_table(
        "ticket_shares",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "account_id"],
            ["customer_accounts.company_id", "customer_accounts.id"],
            name=op.f("fk_ticket_shares_company_id_account_id_customer_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "ticket_id"],
            ["tickets.company_id", "tickets.id"],
            name=op.f("fk_ticket_shares_company_id_ticket_id_tickets"),
        ),
        sa.PrimaryKeyConstraint("ticket_id", "account_id", name=op.f("pk_ticket_shares")),
        comment="colleagues of the customer who read and comment (S-23)",
    )
    with op.batch_alter_table("ticket_shares", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_shares_account", ["account_id"], unique=False)

    op.create_table(
        "transfers",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("from_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=True),
        sa.Column("technician_id", sa.String(length=32), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("declined", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(team_id is null) != (technician_id is null)", name=op.f("ck_transfers_target")),
        sa.ForeignKeyConstraint(
            ["company_id", "team_id"],
            ["teams.company_id", "teams.id"],
            name=op.f("fk_transfers_company_id_team_id_teams"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "ticket_id"],
            ["tickets.company_id", "tickets.id"],
            name=op.f("fk_transfers_company_id_ticket_id_tickets"),
        ),
        sa.ForeignKeyConstraint(["from_id"], ["technicians.id"], name=op.f("fk_transfers_from_id_technicians")),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technicians.id"], name=op.f("fk_transfers_technician_id_technicians")
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_transfers")),
        comment="a ticket that its owner has offered to a person or a team, until somebody accepts (G-33)",
    )


def _columns() -> None:
    """New columns of old tables; the key that a person's queue has once for each company."""
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_id", sa.String(length=32), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_customers_portal_id_account_id"), ["portal_id", "account_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_customers_company_id_account_id_customer_accounts"),
            "customer_accounts",
            ["company_id", "account_id"],
            ["company_id", "id"],
        )

    with op.batch_alter_table("portals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("schedule_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("fallback_team_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("open", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_portals_company_id_fallback_team_id_teams"),
            "teams",
            ["company_id", "fallback_team_id"],
            ["company_id", "id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_portals_company_id_schedule_id_schedules"),
            "schedules",
            ["company_id", "schedule_id"],
            ["company_id", "id"],
        )

    with op.batch_alter_table("queues", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_queues_kind_owner_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_queues_company_id_kind_owner_id"), ["company_id", "kind", "owner_id"]
        )

    with op.batch_alter_table("technicians", schema=None) as batch_op:
        batch_op.add_column(sa.Column("listed", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("display_no", sa.Integer(), server_default="100", nullable=False))
        batch_op.add_column(sa.Column("picture_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("capacity", sa.Integer(), server_default="3", nullable=False))
        batch_op.add_column(sa.Column("idle_since", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_technicians_picture_id_pictures"), "pictures", ["picture_id"], ["id"]
        )

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("way", sa.String(length=12), server_default="form", nullable=False))
        batch_op.add_column(sa.Column("priority", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("issue_type_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("issue_type", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("answers", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("picked_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("routed_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("tell_later", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("subjects", sa.JSON(), nullable=True))
        batch_op.create_index("ix_tickets_picked", ["queue_id", "picked_at"], unique=False)
        given = sa.text("routed_at IS NOT NULL")
        batch_op.create_index(
            "ix_tickets_routed", ["company_id"], unique=False, postgresql_where=given, sqlite_where=given
        )

    # in the order of those who wait
    op.drop_index("ix_tickets_queue", table_name="tickets")
    waiting: list[str | sa.TextClause] = ["queue_id", "view", sa.text("priority DESC"), "queued_at", "id"]
    op.create_index("ix_tickets_queue", "tickets", waiting, unique=False)

    # copies of what the transaction that writes them has locked: looking each up was a third of a message's cost
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_kind", ["kind", "id"], unique=False)
        batch_op.drop_constraint(batch_op.f("fk_outbox_company_id_ticket_id_tickets"), type_="foreignkey")
    with op.batch_alter_table("search", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_search_company_id_ticket_id_tickets"), type_="foreignkey")
