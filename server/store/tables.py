"""The tables, as SQLAlchemy Core sees them. Migrations (migrations/versions) make them; a test compares the two.

Ids are 32 hex digits, times are milliseconds since 1970 UTC in BIGINT, booleans are what the engine makes of Boolean.
``company_id`` is in every table that holds a company's data, and composite foreign keys keep a row of one company from
pointing at a row of another. ``outbox`` and ``search`` do without: they are copies of what the same transaction has
locked or read, and looking their tickets up again was a third of what PostgreSQL does for a message. Whoever reads them
joins the ticket with its company, or passes over what is gone; whoever deletes tickets has to delete these rows too.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever columns a statement selects."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rowids only for INTEGER PRIMARY KEY
RowId = BigInteger().with_variant(Integer, "sqlite")


def Version() -> Column[int]:  # noqa: N802 - reads like the Column it is
    """Raised by each change of an administrator, who must have seen the one before."""
    return Column("version", BigInteger, nullable=False, server_default="1")


installation = Table(
    "installation",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    comment="epoch (new after restore), secret (keys are derived from it)",
)

companies = Table(
    "companies",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("slug", String(63), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("list_seq", BigInteger, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Version(),
)

key_prefixes = Table(
    "key_prefixes",
    metadata,
    Column("prefix", String(16), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("last_no", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("company_id", "prefix"),
    comment="ticket keys ACME-1, ACME-2 … count here",
)

portals = Table(
    "portals",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("slug", String(63), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("key_prefix", String(16), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("schedule_id", String(32)),
    Column("fallback_team_id", String(32)),
    Column("open", Boolean, nullable=False, server_default=true()),  # by its schedule, when it was last looked at
    Version(),
    UniqueConstraint("company_id", "id"),
    ForeignKeyConstraint(["company_id", "key_prefix"], ["key_prefixes.company_id", "key_prefixes.prefix"]),
    ForeignKeyConstraint(["company_id", "schedule_id"], ["schedules.company_id", "schedules.id"]),
    ForeignKeyConstraint(["company_id", "fallback_team_id"], ["teams.company_id", "teams.id"]),
)

portal_hosts = Table(
    "portal_hosts",
    metadata,
    Column("host", String(253), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("portal_id", String(32), nullable=False, index=True),
    ForeignKeyConstraint(["company_id", "portal_id"], ["portals.company_id", "portals.id"]),
    comment="host names whose first page is this portal (B-08)",
)

queues = Table(
    "queues",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("owner_id", String(32), nullable=False),
    UniqueConstraint("company_id", "kind", "owner_id"),
    UniqueConstraint("company_id", "id"),
    CheckConstraint("kind in ('portal', 'team', 'technician')", name="kind"),
    comment="where an unassigned ticket waits; owner_id is the portal, team or technician",
)

technicians = Table(
    "technicians",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("public_name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("one_time_since", BigInteger),
    Column("totp_secret", Text),
    Column("totp_pending", Text),
    Column("totp_last_step", BigInteger, nullable=False, server_default="0"),
    Column("availability", String(16), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("present_at", BigInteger, nullable=False, server_default="0"),
    Column("present_until", BigInteger, nullable=False, server_default="0"),
    Column("absent_since", BigInteger),
    Column("language", String(35)),
    Column("listed", Boolean, nullable=False, server_default=false()),
    Column("display_no", Integer, nullable=False, server_default="100"),
    Column("picture_id", ForeignKey("pictures.id")),
    Column("capacity", Integer, nullable=False, server_default="3"),
    Column("idle_since", BigInteger, nullable=False, server_default="0"),
    Version(),
    CheckConstraint("role in ('technician', 'administrator')", name="role"),
    CheckConstraint("availability in ('available', 'away')", name="availability"),
)

access = Table(
    "access",
    metadata,
    Column("technician_id", ForeignKey("technicians.id"), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), primary_key=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("technician_id", ForeignKey("technicians.id"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ip", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    comment="console sessions; hash is the SHA-256 of the cookie",
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("technician_id", ForeignKey("technicians.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

throttles = Table(
    "throttles",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("blocked_until", BigInteger, nullable=False),
    comment="failed sign-ins per account and address; a restart must not forget them",
)

customers = Table(
    "customers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("portal_id", String(32), nullable=False),
    Column("subject", Text),
    Column("name", Text),
    Column("email", Text),
    Column("verified", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("account_id", String(32)),  # of somebody who signs in with a password
    UniqueConstraint("company_id", "id"),
    UniqueConstraint("portal_id", "subject"),
    UniqueConstraint("portal_id", "account_id"),
    ForeignKeyConstraint(["company_id", "portal_id"], ["portals.company_id", "portals.id"]),
    ForeignKeyConstraint(["company_id", "account_id"], ["customer_accounts.company_id", "customer_accounts.id"]),
    comment="subject: sub of a signed identity; then verified is true",
)

customer_tokens = Table(
    "customer_tokens",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("customer_id", String(32), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("device_class", String(12)),  # of who carries it, where that was known when the token was made
    ForeignKeyConstraint(["company_id", "customer_id"], ["customers.company_id", "customers.id"]),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("portal_id", String(32), nullable=False),
    Column("queue_id", String(32), nullable=False),
    Column("customer_id", String(32), nullable=False),
    Column("key_prefix", String(16), nullable=False),
    Column("key_no", BigInteger, nullable=False),
    Column("client_id", String(36), nullable=False),
    Column("client_hash", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("customer_sort", Text, nullable=False),
    Column("email", Text),
    Column("company_name", Text),
    Column("company_code", Text),
    Column("verified", Boolean, nullable=False),
    Column("language", String(35)),
    Column("status", String(20), nullable=False),
    Column("chat", String(12), nullable=False),
    Column("view", String(12), nullable=False),
    Column("assignee_id", ForeignKey("technicians.id")),
    Column("joined", Boolean, nullable=False),
    Column("undo", JSON),
    Column("created_at", BigInteger, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("outcome", String(12)),
    Column("ip", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("device_class", String(12), nullable=False),
    Column("os", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("list_seq", BigInteger, nullable=False),
    Column("staff_seq", BigInteger, nullable=False),
    Column("customer_seq", BigInteger, nullable=False),
    Column("last_activity_at", BigInteger, nullable=False),
    Column("waiting_since", BigInteger),
    Column("customer_read", BigInteger, nullable=False),
    Column("technician_read", BigInteger, nullable=False),
    Column("translate", Boolean, nullable=False, server_default=false()),
    Column("language_chosen", Boolean, nullable=False, server_default=false()),
    Column("language_heard", JSON),
    Column("subjects", JSON),  # what machines made of the subject, by language
    Column("way", String(12), nullable=False, server_default="form"),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("issue_type_id", String(32)),
    Column("issue_type", Text),
    Column("answers", JSON),  # of the form, with its labels of that day
    Column("picked_at", BigInteger),
    Column("routed_at", BigInteger),  # since when it waits for somebody to whom it was given automatically
    Column("tell_later", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("company_id", "id"),
    UniqueConstraint("key_prefix", "key_no"),
    UniqueConstraint("portal_id", "client_id"),
    ForeignKeyConstraint(["company_id", "portal_id"], ["portals.company_id", "portals.id"]),
    ForeignKeyConstraint(["company_id", "queue_id"], ["queues.company_id", "queues.id"]),
    ForeignKeyConstraint(["company_id", "customer_id"], ["customers.company_id", "customers.id"]),
    ForeignKeyConstraint(["company_id", "key_prefix"], ["key_prefixes.company_id", "key_prefixes.prefix"]),
    comment="*_read: staff_seq of the last event that side has read",
)
Index("ix_tickets_list", tickets.c.company_id, tickets.c.list_seq)
Index("ix_tickets_time", tickets.c.company_id, tickets.c.created_at)
Index("ix_tickets_view", tickets.c.company_id, tickets.c.view, tickets.c.created_at)
Index(  # in the order of those who wait, so that the first ones are found without the others
    "ix_tickets_queue",
    tickets.c.queue_id,
    tickets.c.view,
    tickets.c.priority.desc(),
    tickets.c.queued_at,
    tickets.c.id,
)
Index("ix_tickets_assignee", tickets.c.assignee_id, tickets.c.view)
Index("ix_tickets_customer", tickets.c.customer_id, tickets.c.created_at)
Index("ix_tickets_picked", tickets.c.queue_id, tickets.c.picked_at)
_given = tickets.c.routed_at.is_not(None)
Index("ix_tickets_routed", tickets.c.company_id, postgresql_where=_given, sqlite_where=_given)

events = Table(
    "events",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("ticket_id", String(32), nullable=False),
    Column("staff_seq", BigInteger, nullable=False),
    Column("customer_seq", BigInteger),
    Column("kind", String(16), nullable=False),
    Column("author_role", String(12), nullable=False),
    Column("author_id", String(32)),
    Column("author_name", Text, nullable=False),
    Column("public_name", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("data", JSON),
    Column("client_id", String(36)),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("ticket_id", "staff_seq"),
    UniqueConstraint("ticket_id", "customer_seq"),
    UniqueConstraint("ticket_id", "author_id", "client_id"),
    ForeignKeyConstraint(["company_id", "ticket_id"], ["tickets.company_id", "tickets.id"]),
    comment="append-only; data: status and chat after the event, outcome",
)

streams = Table(
    "streams",
    metadata,
    Column("ticket_id", String(32), primary_key=True),
    Column("author_id", String(32), primary_key=True),
    Column("stream", String(32), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("last_n", BigInteger, nullable=False),
    ForeignKeyConstraint(["company_id", "ticket_id"], ["tickets.company_id", "tickets.id"]),
    comment="last number accepted from a tab",
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("company_id", String(32), nullable=False),
    Column("ticket_id", String(32), nullable=False),
    Column("event_id", String(32)),
    Column("lease_owner", String(32)),
    Column("lease_until", BigInteger, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    comment="side effects to be done at least once",
)
Index("ix_outbox_kind", outbox.c.kind, outbox.c.id)

ticket_languages = Table(
    "ticket_languages",
    metadata,
    Column("ticket_id", String(32), primary_key=True),
    Column("lang", String(35), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("read_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["company_id", "ticket_id"], ["tickets.company_id", "tickets.id"]),
    comment="languages of technicians who have opened the ticket",
)

translators = Table(
    "translators",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("host", Text, nullable=False),
    Column("pairs", JSON, nullable=False),
    Column("until", BigInteger, nullable=False),
    comment="who translates now, what it can (from, to, version), and how long that holds without news",
)

search = Table(
    "search",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("company_id", String(32), nullable=False),
    Column("ticket_id", String(32), nullable=False),
    Column("event_id", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("ticket_id", "event_id"),
    comment="search_text() of a ticket's head (event_id '') and of each message and note",
)

files = Table(
    "files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("ticket_id", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("thumbnail", String(20)),
    Column("scanned", Boolean),
    Column("original_of", String(32)),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("company_id", "id"),
    ForeignKeyConstraint(["company_id", "ticket_id"], ["tickets.company_id", "tickets.id"]),
    ForeignKeyConstraint(["company_id", "original_of"], ["files.company_id", "files.id"]),
    comment="what was accepted; its bytes are in the storage, under company and id",
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("ticket_id", String(32), nullable=False),
    Column("role", String(12), nullable=False),
    Column("uploader_id", String(32), nullable=False),
    Column("client_id", String(36), nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("holder", String(32)),
    Column("original_of", String(32)),
    Column("code", String(40)),
    Column("reason", String(20)),
    Column("message", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    UniqueConstraint("ticket_id", "uploader_id", "client_id"),
    ForeignKeyConstraint(["company_id", "ticket_id"], ["tickets.company_id", "tickets.id"]),
    ForeignKeyConstraint(["company_id", "original_of"], ["files.company_id", "files.id"]),
    CheckConstraint("state in ('receiving', 'checking', 'held', 'done', 'refused', 'cancelled')", name="state"),
    comment="bytes on their way in; an accepted one becomes the file with the same id",
)
Index("ix_uploads_state", uploads.c.state, uploads.c.changed_at)
Index("ix_uploads_uploader", uploads.c.uploader_id, uploads.c.created_at)

handovers = Table(
    "handovers",
    metadata,
    Column("ticket_id", String(32), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("role", String(12), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["company_id", "ticket_id"], ["tickets.company_id", "tickets.id"]),
    comment="the key with which another device joins a customer's chat, once; role: who made it",
)

# --- what administrators set up ---------------------------------------------------------------------------------------

teams = Table(
    "teams",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Version(),
    UniqueConstraint("company_id", "id"),
    UniqueConstraint("company_id", "name"),
)

team_members = Table(
    "team_members",
    metadata,
    Column("team_id", String(32), primary_key=True),
    Column("technician_id", String(32), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("supervisor", Boolean, nullable=False),
    ForeignKeyConstraint(["company_id", "team_id"], ["teams.company_id", "teams.id"]),
    # whoever may not see the company any more is in none of its teams
    ForeignKeyConstraint(
        ["technician_id", "company_id"], ["access.technician_id", "access.company_id"], ondelete="CASCADE"
    ),
)
Index("ix_team_members_technician", team_members.c.technician_id)

forms = Table(
    "forms",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Version(),
    UniqueConstraint("company_id", "id"),
    UniqueConstraint("company_id", "name"),
)

issue_types = Table(
    "issue_types",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("portal_id", String(32), nullable=False),
    Column("names", JSON, nullable=False),
    Column("position", Integer, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("form_id", String(32)),
    Column("team_id", String(32)),
    Column("technician_id", ForeignKey("technicians.id")),
    Version(),
    UniqueConstraint("company_id", "id"),
    ForeignKeyConstraint(["company_id", "portal_id"], ["portals.company_id", "portals.id"]),
    ForeignKeyConstraint(["company_id", "form_id"], ["forms.company_id", "forms.id"]),
    ForeignKeyConstraint(["company_id", "team_id"], ["teams.company_id", "teams.id"]),
    comment="what customers choose from; where its tickets wait: a team, a person, or else the portal",
)
Index("ix_issue_types_portal", issue_types.c.portal_id, issue_types.c.position)

schedules = Table(
    "schedules",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("hours", JSON, nullable=False),
    Column("exceptions", JSON, nullable=False),
    Version(),
    UniqueConstraint("company_id", "id"),
    UniqueConstraint("company_id", "name"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("lang", String(35), nullable=False),
    Column("text", Text, nullable=False),
    Column("texts", JSON, nullable=False),
    Column("expires_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("visitors", Integer, nullable=False, server_default="0"),  # wait for news without having opened a ticket
    Version(),
    UniqueConstraint("company_id", "id"),
    comment="text: in lang, as it was written; texts: in other languages, as somebody has written it",
)

notice_portals = Table(
    "notice_portals",
    metadata,
    Column("notice_id", String(32), primary_key=True),
    Column("portal_id", String(32), primary_key=True),
    Column("company_id", String(32), nullable=False),
    ForeignKeyConstraint(["company_id", "notice_id"], ["notices.company_id", "notices.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["company_id", "portal_id"], ["portals.company_id", "portals.id"]),
)
Index("ix_notice_portals_portal", notice_portals.c.portal_id)

notice_waits = Table(
    "notice_waits",
    metadata,
    Column("notice_id", String(32), primary_key=True),
    Column("ticket_id", String(32), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    ForeignKeyConstraint(["company_id", "notice_id"], ["notices.company_id", "notices.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["company_id", "ticket_id"], ["tickets.company_id", "tickets.id"]),
    comment="customers who have found their problem in a notice and wait for news (B-50)",
)
Index("ix_notice_waits_ticket", notice_waits.c.ticket_id)

notice_translations = Table(
    "notice_translations",
    metadata,
    Column("notice_id", String(32), primary_key=True),
    Column("lang", String(35), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("original", String(64), nullable=False),
    Column("text", Text),
    ForeignKeyConstraint(["company_id", "notice_id"], ["notices.company_id", "notices.id"], ondelete="CASCADE"),
    comment="what a machine made of a notice; original: hash of what it was made from; text: none where it could not",
)

canned_replies = Table(
    "canned_replies",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("category", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("texts", JSON, nullable=False),
    Version(),
    UniqueConstraint("company_id", "id"),
    comment="texts: language -> text with placeholders",
)

pictures = Table(
    "pictures",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("media_type", String(100), nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    comment="logos and faces: small, made anew by us, readable by anybody who knows the id",
)

audit = Table(
    "audit",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("actor_id", String(32)),
    Column("actor", Text, nullable=False),
    Column("company_id", String(32)),
    Column("noun", String(32), nullable=False),
    Column("object_id", String(32), nullable=False),
    Column("object", Text, nullable=False),
    Column("action", String(12), nullable=False),
    Column("changes", JSON, nullable=False),
    comment="append-only: who changed what; no foreign keys, for it outlives what it tells of",
)
Index("ix_audit_object", audit.c.object_id, audit.c.id)
Index("ix_audit_company", audit.c.company_id, audit.c.id)

# --- other ways in ----------------------------------------------------------------------------------------------------

session_keys = Table(
    "session_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("company_id", String(32), nullable=False),
    Column("portal_id", String(32), nullable=False),
    Column("technician_id", ForeignKey("technicians.id"), nullable=False),
    Column("note", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("used_at", BigInteger),
    Column("ticket_id", String(32)),
    ForeignKeyConstraint(["company_id", "portal_id"], ["portals.company_id", "portals.id"]),
    ForeignKeyConstraint(["company_id", "ticket_id"], ["tickets.company_id", "tickets.id"]),
    comment="one-time ways in, made by a technician for a customer; note: for whom, in the technician's words",
)
Index("ix_session_keys_technician", session_keys.c.technician_id, session_keys.c.created_at)

customer_accounts = Table(
    "customer_accounts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("email", String(254), nullable=False),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Version(),
    UniqueConstraint("company_id", "id"),
    UniqueConstraint("company_id", "email"),
    comment="password_hash: none until the person has chosen one",
)

customer_links = Table(
    "customer_links",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("account_id", String(32), nullable=False, index=True),
    Column("expires_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["company_id", "account_id"], ["customer_accounts.company_id", "customer_accounts.id"]),
    comment="links with which a customer chooses a password, once: invitations and resets",
)

ticket_shares = Table(
    "ticket_shares",
    metadata,
    Column("ticket_id", String(32), primary_key=True),
    Column("account_id", String(32), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["company_id", "ticket_id"], ["tickets.company_id", "tickets.id"]),
    ForeignKeyConstraint(["company_id", "account_id"], ["customer_accounts.company_id", "customer_accounts.id"]),
    comment="colleagues of the customer who read and comment (S-23)",
)
Index("ix_ticket_shares_account", ticket_shares.c.account_id)

# --- several technicians at one ticket --------------------------------------------------------------------------------

transfers = Table(
    "transfers",
    metadata,
    Column("ticket_id", String(32), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("from_id", ForeignKey("technicians.id"), nullable=False),
    Column("team_id", String(32)),
    Column("technician_id", ForeignKey("technicians.id")),
    Column("comment", Text),
    Column("declined", Text, nullable=False),  # ids of members of the team who have said no
    Column("created_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["company_id", "ticket_id"], ["tickets.company_id", "tickets.id"]),
    ForeignKeyConstraint(["company_id", "team_id"], ["teams.company_id", "teams.id"]),
    CheckConstraint("(team_id is null) != (technician_id is null)", name="target"),
    comment="a ticket that its owner has offered to a person or a team, until somebody accepts (G-33)",
)

participants = Table(
    "participants",
    metadata,
    Column("ticket_id", String(32), primary_key=True),
    Column("technician_id", ForeignKey("technicians.id"), primary_key=True),
    Column("company_id", String(32), nullable=False),
    Column("joined", Boolean, nullable=False),
    Column("invited_by", ForeignKey("technicians.id"), nullable=False),
    Column("comment", Text),
    Column("created_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["company_id", "ticket_id"], ["tickets.company_id", "tickets.id"]),
    comment="technicians who were invited into a chat beside its owner, and whether they have come (G-34)",
)
Index("ix_participants_technician", participants.c.technician_id)
