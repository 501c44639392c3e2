"""A list in a real Chromium: scrolled as people do it, and what frames, tasks, scripts and memory were meanwhile."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec
from playwright.async_api import Browser, CDPSession, Locator

from tests.support.browser import Window

FRAME_MS: Final = 1000 / 60
STEP_S: Final = 1 / 60
"""Between two moves of the pointer, and between two repetitions of a key."""
MARK: Final = "deskwire-bench"
WHEEL_PX_S: Final = 4_000
GRIP_PX: Final = 16
"""Below its upper end a scroll bar at the top can be taken hold of, under the button with the arrow."""

FIRST_ROWS: Final = """
window.firstRows = new Promise((resolve) => {
  const look = () => {
    const root = PATH.reduce((node, selector) => node?.querySelector(selector)?.shadowRoot, document);
    if (root?.querySelector(".rows > .row")) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
"""

WATCH: Final = """
() => {
  const frames = [];
  let last = 0;
  let next = requestAnimationFrame(function tick(now) {
    if (last) frames.push(now - last);
    last = now;
    next = requestAnimationFrame(tick);
  });
  window.endFrames = () => (cancelAnimationFrame(next), frames);
}
"""

WHOLE: Final = """
(grid) => new Promise((resolve) => {
  const begin = performance.now();
  const look = () => {
    const { top, bottom } = grid.getBoundingClientRect();
    const rows = [...grid.querySelectorAll(".rows > .row")].filter((row) => {
      const box = row.getBoundingClientRect();
      return box.bottom > top && box.top < bottom;
    });
    if (rows.length && !rows.some((row) => row.matches(".hole"))) resolve(performance.now() - begin);
    else requestAnimationFrame(look);
  };
  look();
})
"""


class Stretch(msgspec.Struct):
    """Some seconds of a page. Times are milliseconds."""

    seconds: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    """of the time from frame to frame"""
    frames: int = 0
    dropped: int = 0
    """frames that did not come in time"""
    longest_task: float = 0.0
    """from its begin to its end, whoever else used the processor meanwhile"""
    hardest_task: float = 0.0
    """processor time"""
    main: float = 0.0
    """processor time of the main thread in all: scripts, styles, layout, painting"""

    @property
    def dropped_percent(self) -> float:
        """Of those that the screen would have shown."""
        return 100 * self.dropped / (self.dropped + self.frames)


class Screen(Window):
    """A window whose page has one list."""

    cdp: CDPSession

    def __init__(self, browser: Browser) -> None:
        super().__init__()
        self._browser = browser

    async def open(self) -> None:
        """An empty page."""
        await self.start(self._browser)
        self.cdp = await self.context.new_cdp_session(self.page)
        await self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})

    async def sign_in(self, server: str, email: str, password: str) -> None:
        """Without the form."""
        told = {"email": email, "password": password}
        answer = await self.context.request.post(f"{server}/api/v1/sign-in", data=told, headers={"X-Deskwire": "1"})
        if not answer.ok:
            raise RuntimeError(await answer.text())

    async def show(self, url: str, path: Sequence[str]) -> float:
        """Go there; after how long the list (``path`` leads to it from shadow root to shadow root) had rows."""
        await self.page.add_init_script(FIRST_ROWS.replace("PATH", str(list(path))))
        await self.page.goto(url)
        milliseconds = float(await self.page.evaluate("window.firstRows"))
        await self.whole()
        return milliseconds

    @property
    def grid(self) -> Locator:
        """The list."""
        return self.page.get_by_role("grid")

    # --- what people do -------------------------------------------------------------------------------------------

    async def wheel(self, seconds: float) -> None:
        """Down, and half the way up again."""
        x, y, _width, _height = await self._box()
        for part in (-1.0, 0.5):
            way = {"yDistance": part * WHEEL_PX_S * seconds / 1.5, "speed": WHEEL_PX_S, "gestureSourceType": "mouse"}
            await self.cdp.send("Input.synthesizeScrollGesture", {"x": x + 50, "y": y + 100, **way})

    async def drag(self, seconds: float) -> None:
        """The scroll bar, to the middle of the list."""
        x, y, width, height = await self._box()
        bar = float(await self.grid.evaluate("(grid) => grid.offsetWidth - grid.clientWidth"))
        mouse = self.page.mouse
        await mouse.move(x + width - bar / 2, y + GRIP_PX)
        await mouse.down()
        async for part in _steps(seconds):
            await mouse.move(x + width - bar / 2, y + GRIP_PX + part * height / 2)
        await mouse.up()
        if not await self.grid.evaluate("(grid) => grid.scrollTop"):
            raise RuntimeError("the scroll bar did not move")

    async def keys(self, seconds: float) -> None:
        """The arrow held down."""
        await self.grid.focus()
        async for _ in _steps(seconds):
            await self.page.keyboard.down("ArrowDown")
        await self.page.keyboard.up("ArrowDown")

    async def top(self) -> None:
        """Back to the first row, with the pointer and the focus elsewhere."""
        await self.page.mouse.move(0, 0)
        await self.grid.evaluate("(grid) => { grid.blur(); grid.scrollTop = 0 }")
        await self.whole()

    async def _box(self) -> tuple[float, float, float, float]:
        box = await self.grid.bounding_box()
        if box is None:
            raise RuntimeError("no list is shown")
        return box["x"], box["y"], box["width"], box["height"]

    # --- what came of it ------------------------------------------------------------------------------------------

    async def whole(self) -> float:
        """Wait until no row on the screen is empty; milliseconds."""
        return float(await self.grid.evaluate(WHOLE))

    @contextlib.asynccontextmanager
    async def measured(self, *, frames: bool = True) -> AsyncIterator[Stretch]:
        """What happens inside. A page whose frames are watched draws sixty a second, whether it needs to or not."""
        found = Stretch()
        await self._browser.start_tracing(page=self.page, categories=["toplevel", "blink.user_timing"])
        await self.page.evaluate("(mark) => { performance.mark(mark) }", MARK)
        before, begin = await self.metrics(), time.perf_counter()
        if frames:
            await self.page.evaluate(WATCH)
        yield found
        if frames:
            _judge(found, sorted(await self.page.evaluate("window.endFrames()")))
        after, found.seconds = await self.metrics(), time.perf_counter() - begin
        found.longest_task, found.hardest_task = _tasks(await self._browser.stop_tracing())
        found.main = (after["TaskDuration"] - before["TaskDuration"]) * 1000

    async def metrics(self) -> dict[str, float]:
        """As Chromium counts them: seconds of the processor, bytes, and numbers."""
        return {one["name"]: one["value"] for one in (await self.cdp.send("Performance.getMetrics"))["metrics"]}

    async def held(self) -> tuple[int, float]:
        """DOM nodes, and MiB of the scripts' memory, without garbage."""
        await self.cdp.send("HeapProfiler.collectGarbage")
        metrics = await self.metrics()
        return int(metrics["Nodes"]), metrics["JSHeapUsedSize"] / 2**20


async def _steps(seconds: float) -> AsyncIterator[float]:
    """From 0 to 1, sixty times a second."""
    begin = time.perf_counter()
    while (part := (time.perf_counter() - begin) / seconds) < 1:
        yield part
        await asyncio.sleep(STEP_S)


def _judge(found: Stretch, frames: list[float]) -> None:
    """By the times from frame to frame, the shortest first."""
    found.frames = len(frames)
    found.p50, found.p95, found.p99 = (frames[int(share * len(frames))] for share in (0.5, 0.95, 0.99))
    found.dropped = sum(round(frame / FRAME_MS) - 1 for frame in frames if frame > 1.5 * FRAME_MS)


class _Traced(msgspec.Struct):
    name: str = ""
    pid: int = 0
    tid: int = 0
    dur: float = 0.0
    tdur: float = 0.0
    """µs, and those of the processor"""


class _Trace(msgspec.Struct):
    events: list[_Traced] = msgspec.field(name="traceEvents")


def _tasks(trace: bytes) -> tuple[float, float]:
    """The longest and the hardest of the main thread of the page that has set the mark; milliseconds."""
    events = msgspec.json.decode(trace, type=_Trace).events
    threads = {(event.pid, event.tid) for event in events if event.name == MARK}
    tasks = [event for event in events if event.name.endswith("RunTask") and (event.pid, event.tid) in threads]
    return max(task.dur for task in tasks) / 1000, max(task.tdur for task in tasks) / 1000
