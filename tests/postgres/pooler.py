"""PgBouncer from the system's package, between a desk and PostgreSQL."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from tests.support.postgres import Postgres
from tests.support.server import free_port

START_S = 10.0


@contextmanager
def pgbouncer(postgres: Postgres, url: str, *settings: str) -> Iterator[str]:
    """The address of this database through a pooler with these lines in its pgbouncer.ini."""
    path = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        raise FileNotFoundError("pgbouncer is missing: run scripts/test-tools")
    direct, port = make_url(url), free_port()
    directory = Path(tempfile.mkdtemp(prefix="deskwire-pooler-"))
    directory.chmod(0o755)  # it reads its file as another user
    file = directory / "pgbouncer.ini"
    lines = [
        "[databases]",
        f"* = host={direct.query['host']} user={direct.username}",
        "[pgbouncer]",
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\nserver_login_retry = 1",
        *settings,
    ]
    file.write_text("\n".join(lines) + "\n")
    user = ["-u", postgres.user or "nobody"] if os.geteuid() == 0 else []
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen([path, *user, str(file)], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((directory / "log").read_text()) from None
                time.sleep(0.02)
        yield direct.set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False)
    finally:
        process.terminate()
        process.wait(START_S)
        shutil.rmtree(directory)
