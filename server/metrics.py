"""Prometheus metrics. Names end in their unit; labels have few values, and never an id or a text.

Several workers keep their numbers in files that they share, and each of them tells the sum. A file belongs to a
worker's number, not to its process: the next worker of that number goes on counting in it.
"""

from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from server import process

DIRECTORY_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus_client's name for where the files are; must be there before it is imported."""

if process.NAME:
    values.ValueClass = values.MultiProcessValue(process_identifier=lambda: process.NAME)  # type: ignore[no-untyped-call]

Sum = partial(Gauge, multiprocess_mode="livesum")
"""A gauge whose total is that of all living workers."""

WORKERS = Sum("deskwire_workers", "Processes that serve")
WORKER_STARTS = Counter("deskwire_worker_starts_total", "Processes that began to serve")
SOCKETS = Sum("deskwire_sockets", "Open sockets", ["door"])
SOCKETS_REFUSED = Counter("deskwire_sockets_refused_total", "Handshakes refused", ["reason"])
SOCKETS_CUT = Counter("deskwire_sockets_cut_total", "Sockets closed by the server", ["code"])
CONNECTIONS = Sum("deskwire_connections", "Open TCP connections", ["kind"])
CONNECTIONS_CUT = Counter("deskwire_connections_cut_total", "Connections that broke a bound", ["reason"])
FAULTS_OF_PEERS = Counter("deskwire_faults_of_peers_total", "Malformed input, counted instead of logged", ["fault"])
TASKS = Sum("deskwire_tasks", "Tasks of the event loop")
FEEDS = Sum("deskwire_feeds", "Feeds that somebody listens to")
COMMANDS = Counter("deskwire_commands_total", "Commands", ["door", "command", "result"])
EVENTS = Counter("deskwire_events_total", "Events committed to transcripts", ["audience"])
FEED_DUPLICATES = Counter("deskwire_feed_duplicates_total", "Announcements that a feed had already")
FEED_FILLS = Counter("deskwire_feed_fills_total", "Holes that a feed filled from the store")
BUS_HEALTHY = Gauge("deskwire_bus_healthy", "1 while every process hears the others", multiprocess_mode="livemin")
BUS_LINKS = Counter("deskwire_bus_links_total", "Attempts to connect to Redis")
BUS_SENT = Counter("deskwire_bus_sent_total", "Messages that Redis took, heartbeats included")
BUS_RECEIVED = Counter("deskwire_bus_received_total", "Messages of other processes")
BUS_DROPPED = Counter("deskwire_bus_dropped_total", "Own messages that were not sent", ["reason"])
BUS_REJECTED = Counter("deskwire_bus_rejected_total", "Messages from Redis that are not ours", ["reason"])
WRITES_APART = Counter(
    "deskwire_writes_apart_total", "Writes that failed together with others, and went one by one", ["of", "error"]
)
TASK_FAILURES = Counter("deskwire_task_failures_total", "Tasks that ended with an unexpected error")
Shared = partial(Gauge, multiprocess_mode="livemostrecent")
"""A gauge of what is in the database, and so the same in every worker."""

TICKETS_UNATTENDED = Shared("deskwire_tickets_unattended", "Tickets, not closed, whose assignee is gone")
TICKETS_UNATTENDED_SECONDS = Shared(
    "deskwire_tickets_unattended_seconds", "How long the longest of them has been without anybody responsible"
)
TRANSLATORS = Shared("deskwire_translators", "Processes that translate")
TRANSLATIONS = Counter("deskwire_translations_total", "What became of texts to be translated", ["state", "reason"])
TRANSLATION_SECONDS = Histogram(
    "deskwire_translation_seconds",
    "From a message to its translation, both in the transcript; that of old messages not included",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
TRANSLATIONS_WAITING = Shared("deskwire_translations_waiting", "Messages that nobody has translated yet")
FILES_MISSING = Shared("deskwire_files_missing", "Files whose bytes were not in the storage at the last look")
REQUESTS = Counter("deskwire_requests_total", "HTTP answers", ["method", "status"])
LOOP_PAUSES = Counter("deskwire_loop_pauses_total", "Background loops that waited out an expected error", ["loop"])
LOOP_LAG = Histogram(
    "deskwire_loop_lag_seconds",
    "How late the event loop runs",
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
)
WRITES = Histogram(
    "deskwire_write_seconds",
    "From handing a unit to the store to its commit",
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
)


def page() -> bytes:
    """All of them, as Prometheus reads them."""
    if not process.NAME:
        return generate_latest()
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)


def died(name: str, directory: str) -> None:
    """A process has ended: what it had open is open no more. What it counted stays."""
    mark_process_dead(name, directory)  # type: ignore[no-untyped-call]
