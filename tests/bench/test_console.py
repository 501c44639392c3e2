"""The console in Chromium, as it is measured: a page that stands still is seen, and every figure comes about."""

from pathlib import Path

import pytest

from bench import bare_list
from bench.bare_list import Looks
from bench.figures import Results
from bench.scenarios import console
from bench.screen import Screen
from bench.session import Options, Session
from tests.support.browser import chromium

CELL = '<i role="gridcell"></i>'
ROW = f'<div class="row">{CELL * 4}</div>'
GRID = f'<div class="grid" role="grid" tabindex="0"><div class="sizer"><div class="rows">{ROW}</div></div></div>'
STYLES = ".grid { height: 500px; overflow: hidden auto; scrollbar-width: thin } .row { height: 40px }"
LOOKS = Looks(page="", styles=STYLES, grid=GRID, row_px=40, left=0, top=0, width=400, height=500)


async def test_a_page_that_stands_still_is_seen(tmp_path: Path) -> None:
    """By the length of a task, the processor's time for it, and the frames that did not come."""
    async with chromium(ignore_default_args=["--hide-scrollbars"]) as browser:
        screen = Screen(browser)
        await screen.open()
        await screen.show(bare_list.written(tmp_path, LOOKS, 3_000), bare_list.PATH)
        async with screen.measured() as found:
            await screen.page.evaluate(
                "() => { const end = performance.now() + 300; while (performance.now() < end); }"
            )
            await screen.wheel(0.3)
        assert found.longest_task >= 300
        assert 0 < found.hardest_task <= found.longest_task
        assert found.main >= found.hardest_task
        assert found.dropped >= 10
        await screen.top()
        await screen.drag(0.3)
        assert 0.3 < await screen.grid.evaluate("(grid) => grid.scrollTop / grid.scrollHeight") < 0.7
        await screen.top()
        await screen.keys(0.3)
        assert await screen.grid.evaluate("(grid) => grid.scrollTop") > 0
        assert screen.troubles == []
        await screen.close()


def test_every_figure_comes_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """In short: the real console of two companies, and the bare page that looks like it."""
    monkeypatch.setattr(console, "SCROLL_S", 0.3)
    monkeypatch.setattr(console, "LIVE_S", 1.0)
    options = Options(queue=(60, 300))
    results = Results({}, options)
    with Session(options) as session:
        console.run(session, results)
    few, many, bare = results.samples
    assert (few.tickets, many.tickets, bare.tickets) == (60, 300, 300)
    for sample in results.samples:
        assert sample.changes == 12
        assert sample.nodes > 100
        assert all(sample.stretches[way].frames > 0 for way in (*console.WAYS, console.WORKING))
        assert all(stretch.hardest_task > 0 for stretch in sample.stretches.values())
        assert sample.change_ms > 0
