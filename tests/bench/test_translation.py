"""The benchmark of the engine: rows for each number of clients, of every subject in turn."""

import asyncio
from pathlib import Path

from bench import base_model, translation
from server.translation.base import Options
from server.translation.install import install


def test_each_subject_has_a_row_for_each_number_of_clients(tmp_path: Path) -> None:
    """Ours twice, with a model of the usual size; what was measured is what was asked for."""
    packages = tmp_path / "packages"
    install(base_model.write(tmp_path, "en", "fr"), packages)
    options = Options(deadline_seconds=60)
    found = asyncio.run(translation.run([translation.ours(packages, options) for _ in range(2)], 0.2))
    assert [[row.waiting for row in rows] for rows in found] == [list(translation.WAITING)] * 2
    for row in (row for rows in found for row in rows):
        assert min(row.per_second, row.p50_ms, row.cpu_ms) > 0
        assert row.p50_ms <= row.p99_ms
        assert row.stall_p99_ms <= row.stall_ms
