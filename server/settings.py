"""Settings: one frozen Struct, read from DESKWIRE_* environment variables and an optional TOML file.

Environment beats file beats default. The unit stands in the name. An unknown key in the file is an error, an unknown
DESKWIRE_* variable a warning: files are ours, environments are shared. docs/operations.md lists every setting; a test
keeps that list complete.
"""

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from server import addresses, process
from server.errors import BadInput

PREFIX = "DESKWIRE_"
FILE_VARIABLE = "DESKWIRE_CONFIG"
"""Path of the TOML file; it is no setting itself."""

Positive = Annotated[int, Meta(ge=1)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings with their defaults."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8000
    """Port to listen on; 0 takes a free one."""
    workers: Positive = 1
    """Processes that serve; more than one need redis_url."""
    data_dir: str = "./data"
    """Everything that must survive a restart, and nothing else."""
    database_url: str = ""
    """postgresql+asyncpg://user:password@host/name; empty: SQLite in data_dir."""
    database_connections: Positive = 15
    """Connections to PostgreSQL that each process may open for transactions; it keeps them."""
    database_append_connections: Positive = 4
    """Connections of each process for messages alone, which must not wait behind anything."""
    database_wait_seconds: Annotated[int, Meta(ge=0)] = 60
    """How long a start waits for PostgreSQL to answer."""
    redis_url: str = ""
    """redis://user:password@host:6379, rediss:// with TLS, or unix:///path; empty: one process needs none."""
    storage_url: str = ""
    """s3://bucket/prefix, credentials as in AWS's own tools; empty: files in data_dir. Several hosts need it."""
    clamd: str = ""
    """Virus scanner: unix:/run/clamav/clamd.ctl or tcp://host:3310; empty: none."""
    scanner_down: Literal["hold", "pass"] = "hold"
    """When the scanner does not answer, files wait for it (hold) or pass with a mark that they were not scanned."""
    public_url: str = ""
    """Address under which browsers reach this server, e.g. https://desk.example.com; empty: http://host:port."""
    tls_cert: str = ""
    """PEM file; with tls_key the server speaks TLS itself."""
    tls_key: str = ""
    insecure_http: bool = False
    """Allow sign-in over plain HTTP outside loopback, with a banner."""
    forwarded_allow_ips: str = ""
    """Addresses of proxies whose X-Forwarded-For is believed, comma separated. '*' is refused."""

    session_idle_minutes: Positive = 30
    """A console session ends after this long without any activity (ASVS 7.3.1)."""
    session_hours: Positive = 12
    """A console session ends after this long in any case (NIST 800-63B AAL2)."""
    one_time_password_days: Positive = 7
    """A one-time password of a technician is good for so long."""
    customer_token_days: Positive = 30
    """A customer's browser is remembered this long after its last visit."""

    first_message_seconds: Positive = 5
    """A socket that has not said hello by then is closed."""
    heartbeat_seconds: Positive = 25
    """Application heartbeat; proxies cut idle connections at 60 s."""
    ping_seconds: Positive = 20
    """WebSocket ping interval and time-out."""
    presence_seconds: Positive = 35
    """A technician of whom nothing was heard for this long counts as gone: longer than a restart or a ping takes."""
    graceful_seconds: Positive = 10
    """How long a stop waits for what was accepted."""
    worker_silence_seconds: Positive = 30
    """One of several workers that gives no sign of life for so long is killed and replaced."""
    inbox_frames: Positive = 32
    """Commands of one socket that may wait; then the answer is busy."""
    outbox_frames: Positive = 256
    """Frames that may wait for one slow socket; then it is cut and resumes."""
    outbox_bytes: Positive = 1_048_576
    send_seconds: Positive = 10
    """A single send to a socket may take this long."""
    assembly_seconds: Positive = 10
    """A message on a socket must be whole this long after its first byte."""
    dead_peer_seconds: Positive = 30
    """A peer that does not confirm what was sent, or takes nothing, for this long is gone (TCP_USER_TIMEOUT)."""
    connections: Positive = 10_000
    """TCP connections per process, sockets included; fewer where the limit of open files is lower."""
    connections_per_address: Positive = 200
    """Connections of one address that wait for a request, or for the rest of one."""
    first_byte_seconds: Positive = 10
    """A connection that has not begun a request by then is closed; also how long a TLS handshake may take."""
    header_seconds: Positive = 15
    """A request's header must be whole this long after its first byte."""
    header_bytes: Positive = 16_384
    """Largest header of a request."""
    body_seconds: Positive = 30
    """4 KiB of a body must come, and 4 KiB of an answer be taken, in each such stretch."""
    keep_alive_seconds: Positive = 5
    """An answered connection waits this long for another request."""
    customer_burst: Positive = 10
    """Messages a customer may send at once; then one a second."""
    technician_burst: Positive = 30
    """Messages a technician may send at once; then five a second."""
    sockets: Positive = 5_000
    """Open sockets per process."""
    sockets_per_address: Positive = 20
    """Sockets per address that have not shown who they are yet."""
    handshakes_per_second: Positive = 1_000
    """New sockets per process."""
    handshakes_per_second_address: Positive = 50
    """New sockets of one address in the long run; ten times as many at once (offices share an address)."""
    sockets_per_customer: Positive = 5
    sockets_per_technician: Positive = 10
    tickets_per_address_hour: Positive = 30
    """Tickets that one address may open within an hour (offices share an address)."""
    upload_mib_per_address_day: Positive = 2_048
    """MiB that customers whose name nobody has signed may send from one address within a day, all together."""
    requests_per_second_address: Positive = 100
    """HTTP requests of one address in the long run; ten times as many at once."""
    requests_per_second_caller: Positive = 20
    """HTTP requests of one customer or technician in the long run; ten times as many at once."""
    body_bytes: Positive = 65_536
    """Largest request body."""
    min_free_mib: Annotated[int, Meta(ge=0)] = 64
    """Below this much free disk, doctor and /readyz complain, and no file is taken."""

    translators: Annotated[int, Meta(ge=0)] = 1
    """Processes of this host that hold models and translate; 0: others do it."""
    translation_beam: Annotated[int, Meta(ge=1, le=16)] = 1
    """Attempts at a sentence that are followed at once: 4 reads a little better and takes twice as long."""
    translation_threads: Positive = 1
    """Of each of these processes."""
    translation_memory_mib: Annotated[int, Meta(ge=128)] = 1024
    """Of each of them; beyond it the pair that was not used for the longest time is unloaded."""
    translation_nice: Annotated[int, Meta(ge=0, le=19)] = 10
    """How far each of them stands back where others want the processors; 0: not at all."""
    translation_queue: Positive = 1_000
    """Sentences that may wait for this host; what finds no room is tried again, and then has failed."""
    translation_deadline_seconds: Positive = 20
    """A text that is not translated by then is tried again, and then has failed."""
    translation_index_url: str = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
    """List of the packages that 'deskwire translate install' can fetch; no server ever asks for it."""

    log_format: str = "auto"
    """json, text or auto (text on a terminal)."""
    log_level: str = "info"
    metrics: bool = True
    """Serve /metrics to loopback and to bearers of metrics_token."""
    metrics_token: str = ""

    @property
    def data(self) -> Path:
        """The data directory as an absolute path."""
        return Path(self.data_dir).expanduser().absolute()

    @property
    def translator_nice(self) -> int:
        """How far a translator of its own stands back: what its models have done must not wait for long."""
        return self.translation_nice // 2

    @property
    def database_path(self) -> Path:
        """The SQLite file."""
        return self.data / "deskwire.db"

    @property
    def files(self) -> Path:
        """Files, and what is on its way to become one."""
        return self.data / "files"

    @property
    def translation_packages(self) -> Path:
        """Installed language pairs."""
        return self.data / "translation" / "packages"

    @property
    def database(self) -> str:
        """The database as people are told of it, without its password."""
        if not self.database_url:
            return str(self.database_path)
        parts = urlsplit(self.database_url)
        return f"PostgreSQL {parts.path.lstrip('/')} on {parts.hostname or 'this machine'}"

    @property
    def tls(self) -> bool:
        """Whether this process speaks TLS."""
        return bool(self.tls_cert and self.tls_key)

    @property
    def url(self) -> str:
        """Public address without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment and the file that DESKWIRE_CONFIG names. Raises BadInput with the key's name."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    path = environ.get(FILE_VARIABLE)
    if path:
        try:
            values = tomllib.loads(Path(path).read_text())
        except (OSError, ValueError) as error:  # ValueError: no TOML, or not even UTF-8
            raise BadInput(f"{path}: {error}") from None
    names = set(Settings.__struct_fields__)
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable in (FILE_VARIABLE, *process.VARIABLES):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name in names:
            values[name] = value
        else:
            print(f"deskwire: {variable} is not a setting and is ignored", file=sys.stderr)  # noqa: T201 - no logger yet
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise BadInput(f"Settings: {error}") from None
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise BadInput("Settings: tls_cert and tls_key go together.")
    if "*" in settings.forwarded_allow_ips:
        raise BadInput("Settings: forwarded_allow_ips must name the proxies; '*' would let anybody choose an address.")
    if settings.log_level.lower() not in ("debug", "info", "warning", "error"):
        raise BadInput("Settings: log_level is debug, info, warning or error.")
    if settings.log_format not in ("auto", "json", "text"):
        raise BadInput("Settings: log_format is json, text or auto.")
    if settings.presence_seconds * 2 < settings.ping_seconds * 3:
        raise BadInput("Settings: presence_seconds is at least one and a half times ping_seconds.")
    if settings.database_url and not settings.database_url.startswith("postgresql+asyncpg://"):
        raise BadInput("Settings: database_url begins with postgresql+asyncpg://, or is empty for SQLite.")
    if settings.redis_url and not settings.redis_url.startswith(("redis://", "rediss://", "unix://")):
        raise BadInput("Settings: redis_url begins with redis://, rediss:// or unix://, or is empty for one process.")
    for name in ("database_url", "redis_url"):
        if not addresses.is_whole(getattr(settings, name)):
            raise BadInput(
                f"Settings: {name} is no address. The port is a number; in a password write #, /, ?, @ and : as %23,"
                " %2F, %3F, %40 and %3A."
            )
    foreign = addresses.foreign_options(settings.database_url)
    if foreign:
        raise BadInput(
            f"Settings: database_url takes no {', '.join(foreign)}. For TLS set PGSSLMODE (require, verify-full) and"
            " PGSSLROOTCERT in the environment."
        )
    if settings.public_url and not addresses.is_site(settings.public_url):
        raise BadInput("Settings: public_url begins with http:// or https://, names a host, and has no path.")
    if settings.storage_url and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]+(/[\w./-]*)?", settings.storage_url):
        raise BadInput("Settings: storage_url is s3://bucket/prefix, or empty for files in data_dir.")
    if settings.clamd and not re.fullmatch(r"unix:/.+|tcp://[^/\s]+", settings.clamd):
        raise BadInput("Settings: clamd is unix:/path or tcp://host:3310, or empty for no virus scanner.")
