"""Curves as pictures: ``python -m bench.plot RESULTS.json FOLDER`` writes one SVG for each curve of the results."""

import math
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import msgspec

from bench.figures import Point, Results

WIDTH: Final = 720
HEIGHT: Final = 400
LEFT, RIGHT, TOP, BOTTOM = 70, 40, 30, 110
LIGHT: Final = ("#1b6ac9", "#c2410c", "#15803d", "#7e22ce")
DARK: Final = ("#79b4ff", "#ff9e64", "#6fd08c", "#d2a8ff")
"""Of equal weight on white, and on black; lines also differ in their dashes."""
DASHES: Final = ("", "6 3", "2 3", "8 3 2 3")


def _style(back: str, ink: str, grid: str, colours: tuple[str, ...]) -> str:
    lines = "".join(f".l{i}{{stroke:{one}}}.d{i}{{fill:{one}}}" for i, one in enumerate(colours))
    return f"svg{{background:{back}}}text{{fill:{ink}}}.grid{{stroke:{grid}}}{lines}"


STYLE: Final = (
    "svg{font:13px sans-serif}polyline,path{fill:none;stroke-width:2}.grid{stroke-width:1}"
    f"{_style('#fff', '#1f2328', '#ddd', LIGHT)}"
    f"@media(prefers-color-scheme:dark){{{_style('#0d1117', '#e6edf3', '#30363d', DARK)}}}"
)
"""As the reader's system has it: pictures in a page cannot see what the page looks like."""


def main(results: Path, folder: Path) -> None:
    """All curves."""
    curves: dict[str, list[Point]] = defaultdict(list)
    for point in msgspec.json.decode(results.read_bytes(), type=Results).points:
        curves[point.curve].append(point)
    folder.mkdir(parents=True, exist_ok=True)
    for name, points in curves.items():
        path = folder / f"{re.sub('[^a-z]+', '-', name)}.svg"
        path.write_text(drawn(points))
        print(path)


def drawn(points: list[Point]) -> str:
    """One curve: x by powers of ten, y from nought."""
    xs, top = [point.x for point in points], _round_up(max(point.y for point in points))
    low = math.floor(math.log10(min(xs)))
    high = max(math.ceil(math.log10(max(xs))), low + 1)

    def at(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - low) / (high - low)
        return round(LEFT + across * (WIDTH - LEFT - RIGHT), 1), round(HEIGHT - BOTTOM - y / top * _tall(), 1)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">']
    parts += [f"<title>{escape(points[0].curve)}</title><style>{STYLE}</style>"]
    for step in range(6):
        y = top * step / 5
        left, height = at(10**low, y)
        parts.append(f'<path d="M{left} {height}H{WIDTH - RIGHT}" class="grid"/>')
        parts.append(f'<text x="{left - 8}" y="{height + 4}" text-anchor="end">{y:g}</text>')
    for power in range(low, high + 1):
        across, bottom = at(10**power, 0)
        parts.append(f'<text x="{across}" y="{bottom + 18}" text-anchor="middle">{10**power:,}</text>')
    parts.append(f'<text x="{LEFT}" y="18">{escape(points[0].y_name)}</text>')
    parts.append(
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - BOTTOM + 36}" text-anchor="end">{escape(points[0].x_name)}</text>'
    )
    lines = list(dict.fromkeys(point.line for point in points))
    for number, line in enumerate(lines):
        places = [at(point.x, point.y) for point in points if point.line == line]
        parts += _line(number, line, places)
    return "\n".join([*parts, "</svg>\n"])


def _line(number: int, name: str, places: list[tuple[float, float]]) -> list[str]:
    kind = number % len(DASHES)
    path = " ".join(f"{x},{y}" for x, y in places)
    below = HEIGHT - BOTTOM + 52 + 16 * number
    stroke = f'class="l{kind}" stroke-dasharray="{DASHES[kind]}"'
    return [
        f'<polyline points="{path}" {stroke}/>',
        *(f'<circle cx="{x}" cy="{y}" r="3.5" class="d{kind}"/>' for x, y in places),
        f'<path d="M{LEFT} {below}h32" {stroke}/>',
        f'<text x="{LEFT + 40}" y="{below + 4}">{escape(name)}</text>',
    ]


def _tall() -> int:
    return HEIGHT - TOP - BOTTOM


def _round_up(value: float) -> float:
    """To a number whose fifths are round."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
