"""Metrics can be added up over workers."""

from prometheus_client import REGISTRY, Gauge

from server import metrics


def test_every_gauge_says_how_several_workers_make_one_number() -> None:
    """Without a mode each would show up once for each worker; without "live" the dead would be counted for ever."""
    gauges = [gauge for gauge in vars(metrics).values() if isinstance(gauge, Gauge)]
    assert len(gauges) > 4
    for gauge in gauges:
        assert gauge._multiprocess_mode in ("livesum", "livemin", "livemax", "livemostrecent"), gauge


def test_one_process_also_tells_of_itself() -> None:
    page = metrics.page().decode()
    assert REGISTRY.get_sample_value("process_open_fds")
    assert "process_resident_memory_bytes" in page
    assert "deskwire_sockets" in page
