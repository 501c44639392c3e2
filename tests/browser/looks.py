"""What can be said about the looks of a page without looking: axe, sideways scrolling, focus that can be seen."""

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Frame, Page, ViewportSize

from tests.support.browser import Window

DESK: Final[ViewportSize] = {"width": 1440, "height": 900}
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}

SIDEWAYS: Final = """
() => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      const { overflowX } = getComputedStyle(element);
      const scrolls = element === document.documentElement || overflowX === "auto" || overflowX === "scroll";
      if (scrolls && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1)
        found.push(`${element.localName}.${element.className} ${element.scrollWidth} > ${element.clientWidth}`);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);
  return found;
}
"""

RUN_AXE: Final = """
async (only) => {
  const animations = (root) => [
    ...root.getAnimations(),
    ...[...root.querySelectorAll("*")].flatMap((one) => (one.shadowRoot ? animations(one.shadowRoot) : [])),
  ];
  // colours that are still fading into each other are nobody's fault
  const fading = animations(document).filter((one) => one.effect.getComputedTiming().endTime < 1000);
  await Promise.allSettled(fading.map((one) => one.finished));
  const options = { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } };
  if (only) options.runOnly = { type: "rule", values: only };
  const { violations } = await axe.run(document, options);
  const line = (id, { html, target, any }) =>
    `${id}: ${target.flat().at(-1)} ${html.slice(0, 160)} ${any[0]?.message ?? ""}`;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => line(id, node)));
}
"""

UNSEEN_FOCUS: Final = """
() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element || element === document.body) return null;
  element = element.getRootNode().getElementById(element.getAttribute("aria-activedescendant")) ?? element;
  const name = element.getAttribute("aria-label") || element.textContent.trim().slice(0, 40) || element.localName;
  for (let near = element, steps = 0; near && steps < 4; near = near.parentElement, steps++) {
    const { outlineStyle, outlineWidth, backgroundImage, boxShadow } = getComputedStyle(near);
    const outlined = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    if (outlined || backgroundImage !== "none" || boxShadow.includes("inset")) return [name, true];
  }
  return [name, false];
}
"""


async def axe(surface: Page | Frame, only: list[str] | None = None) -> list[str]:
    """Violations of the rules that axe knows, in a page or a frame."""
    if not await surface.evaluate("'axe' in window"):
        await surface.evaluate(AXE_SCRIPT)
    found: list[str] = await surface.evaluate(RUN_AXE, only)
    return found


async def sideways(surface: Page | Frame) -> list[str]:
    """What can be scrolled sideways."""
    found: list[str] = await surface.evaluate(SIDEWAYS)
    return found


async def fits_everybody(window: Window, surface: Page | Frame | None = None) -> None:
    """What is on the screen now, on a phone and on a desk, in light and dark. The window stays as wide as a desk."""
    surface = surface or window.page
    found: list[str] = []
    for size in (PHONE, DESK):
        await window.page.set_viewport_size(size)
        found += [f"{size['width']} px: {one}" for one in await sideways(surface) + await axe(surface)]
        await window.page.emulate_media(color_scheme="dark")
        found += [f"{size['width']} px, dark: {one}" for one in await axe(surface, ["color-contrast"])]
        await window.page.emulate_media(color_scheme="light")
    assert not found, "\n".join(found)


async def focus(page: Page) -> tuple[str, bool] | None:
    """What has the focus, and whether that can be seen; None for nothing."""
    found: Any = await page.evaluate(UNSEEN_FOCUS)
    return (str(found[0]), bool(found[1])) if found else None
