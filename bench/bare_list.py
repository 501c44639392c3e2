"""The bare page that the console's list is compared with: made of the markup and the styles that the list has now."""

from pathlib import Path
from typing import Any, Final

import msgspec

from bench.screen import Screen

TEMPLATE: Final = Path(__file__).parent / "reference" / "console.html"
PATH: Final = ("#host",)
"""Where its list is, from shadow root to shadow root."""

TAKE: Final = """
(grid) => {
  const rules = (sheets) => [...sheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join("\\n");
  const root = grid.getRootNode();
  const { left, top, width, height } = grid.getBoundingClientRect();
  const copy = grid.cloneNode(true);
  const comments = document.createTreeWalker(copy, NodeFilter.SHOW_COMMENT);
  for (let one = comments.nextNode(); one; one = comments.nextNode()) one.data = "";
  const [row, ...others] = copy.querySelectorAll(".rows > .row");
  for (const one of others) one.remove();
  return {
    page: rules(document.styleSheets),
    styles: rules(root.adoptedStyleSheets),
    grid: copy.outerHTML.replaceAll("<!---->", ""),
    row_px: grid.querySelector(".row").getBoundingClientRect().height,
    left, top, width, height,
  };
}
"""


class Looks(msgspec.Struct):
    """Of the console's list."""

    page: str
    """styles of the page"""
    styles: str
    """and of the list"""
    grid: str
    """its markup, with one row"""
    row_px: float
    left: float
    top: float
    width: float
    height: float


async def taken(screen: Screen) -> Looks:
    """From a console that shows its list."""
    return msgspec.convert(await screen.grid.evaluate(TAKE), Looks)


def written(folder: Path, looks: Looks, count: int) -> str:
    """A page of so many rows; its address."""
    page = TEMPLATE.read_text()
    filled: dict[str, Any] = {**msgspec.structs.asdict(looks), "count": count}
    for name, value in filled.items():
        page = page.replace(f"{{{{{name}}}}}", str(value))
    path = folder / "console.html"
    path.write_text(page)
    return path.as_uri()
