"""Prometheus metrics. Names end in their unit; labels have few values, and never an id or a text."""

from prometheus_client import Counter, Gauge, Histogram

SOCKETS = Gauge("deskwire_sockets", "Open sockets", ["door"])
SOCKETS_REFUSED = Counter("deskwire_sockets_refused_total", "Handshakes refused", ["reason"])
SOCKETS_CUT = Counter("deskwire_sockets_cut_total", "Sockets closed by the server", ["code"])
CONNECTIONS = Gauge("deskwire_connections", "Open TCP connections", ["kind"])
CONNECTIONS_CUT = Counter("deskwire_connections_cut_total", "Connections that broke a bound", ["reason"])
FAULTS_OF_PEERS = Counter("deskwire_faults_of_peers_total", "Malformed input, counted instead of logged", ["fault"])
TASKS = Gauge("deskwire_tasks", "Tasks of the event loop")
FEEDS = Gauge("deskwire_feeds", "Feeds that somebody listens to")
COMMANDS = Counter("deskwire_commands_total", "Commands", ["door", "command", "result"])
EVENTS = Counter("deskwire_events_total", "Events committed to transcripts", ["audience"])
FEED_DUPLICATES = Counter("deskwire_feed_duplicates_total", "Announcements that a feed had already")
FEED_FILLS = Counter("deskwire_feed_fills_total", "Holes that a feed filled from the store")
BUS_HEALTHY = Gauge("deskwire_bus_healthy", "1 while other processes are heard")
BUS_LINKS = Counter("deskwire_bus_links_total", "Attempts to connect to Redis")
BUS_SENT = Counter("deskwire_bus_sent_total", "Messages that Redis took, heartbeats included")
BUS_RECEIVED = Counter("deskwire_bus_received_total", "Messages of other processes")
BUS_DROPPED = Counter("deskwire_bus_dropped_total", "Own messages that were not sent", ["reason"])
BUS_REJECTED = Counter("deskwire_bus_rejected_total", "Messages from Redis that are not ours", ["reason"])
TASK_FAILURES = Counter("deskwire_task_failures_total", "Tasks that ended with an unexpected error")
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
