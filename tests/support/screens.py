"""``./dev screenshots [NAME..]``: pictures of every page and state, and those of the README.

Starts a Fantooo of its own with demo data; nothing else needs to run. Pictures of whole pages are in
``var/screenshots`` by size and theme, and beside them sheets with many on each. With names, only the
stops whose names begin so.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from fantooo.config import ROOT
from tests.support import chromium, tour
from tests.support.chromium import until
from tests.support.cluster import Cluster
from tests.support.server import LiveServer
from tests.support.tour import Stop, World

SIZES = {"360": (360, 740), "390": (390, 844), "768": (768, 1024), "1440": (1440, 900)}
THEMES = ("light", "dark")
FOLDER = ROOT / "var" / "screenshots"
IMAGES = ROOT / "docs" / "images"
#: the README's pictures: name, stop, size in CSS pixels, theme; of each at most so many bytes
README = (
    ("discover", "discover", (1280, 800), "dark"),
    ("chat", "chat-typing", (390, 844), "dark"),
    ("desk", "desk", (1440, 900), "light"),
)
README_BYTES = 250_000
#: In a picture of a whole page what stays at the lower edge of the screen would stand in its middle.
_TO_THE_END = """() => {
  const all = document.documentElement.scrollHeight;
  if (all <= innerHeight) return;
  scrollTo({ top: 0, behavior: "instant" });
  for (const one of document.querySelectorAll("nav, .tabbar, .bar")) {
    const place = one.getBoundingClientRect();
    if (getComputedStyle(one).position !== "fixed" || place.bottom < innerHeight - 40) continue;
    Object.assign(one.style, { position: "absolute", insetBlock: `${all - place.height - 12}px auto` });
  }
}"""
#: what a sheet of pictures is as wide and as high as, in pixels; longer pages go on beside themselves
_SHEET, _SHELF = 2000, 1500


def main(arguments: list[str]) -> int:
    """Takes the pictures; says where they are."""
    options = _parser().parse_args(arguments)
    if options.quick:
        options.sizes, options.themes = ["390", "1440"], ["light"]
    sizes = {name: SIZES.get(name) or (int(name), 844) for name in options.sizes}
    cluster = Cluster()
    try:
        place = cluster.start()
        with tempfile.TemporaryDirectory(prefix="fantooo-screens-") as home:
            server = LiveServer(
                place, Path(home), admin_setup_token=tour.SETUP_TOKEN, **tour.PAYING
            )
            try:
                server.start()
                with sync_playwright() as playwright:
                    browser = chromium.launch(playwright)
                    _walk(browser, server, sizes, options)
                    browser.close()
            finally:
                server.stop()
    finally:
        cluster.stop()
    print(f"Pictures are in {FOLDER.relative_to(ROOT)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", help="only stops whose names begin so")
    parser.add_argument("--sizes", nargs="+", default=list(SIZES), help="widths in CSS pixels")
    parser.add_argument("--themes", nargs="+", default=list(THEMES), choices=THEMES)
    parser.add_argument("--quick", action="store_true", help="390 and 1440 pixels, light, no more")
    parser.add_argument("--readme", action="store_true", help="make the README's pictures too")
    return parser


def _walk(
    browser: Browser,
    server: LiveServer,
    sizes: dict[str, tuple[int, int]],
    options: argparse.Namespace,
) -> None:
    looks = [(size, theme) for size in sizes for theme in options.themes]
    world = World(server)
    for size, theme in looks:
        _take(browser, world, _chosen(tour.FIRST_STOPS, options), sizes[size], size, theme)
    world = tour.demo_world(server)
    if options.readme:
        # Before the walk, which leaves drafts and lateness behind.
        _make_readme(browser, world)
    for size, theme in looks:
        _take(browser, world, _chosen(tour.STOPS, options), sizes[size], size, theme)
        _lay_out(FOLDER / f"{size}-{theme}")


def _chosen(stops: tuple[Stop, ...], options: argparse.Namespace) -> list[Stop]:
    wanted = tuple(options.names)
    return [stop for stop in stops if not wanted or stop.name.startswith(wanted)]


def _take(
    browser: Browser,
    world: World,
    stops: list[Stop],
    viewport: tuple[int, int],
    size: str,
    theme: str,
) -> None:
    folder = FOLDER / f"{size}-{theme}"
    folder.mkdir(parents=True, exist_ok=True)
    contexts: dict[str, BrowserContext] = {}
    for stop in stops:
        if stop.actor not in contexts:
            contexts[stop.actor] = _context(browser, world, stop.actor, viewport, theme)
        page = contexts[stop.actor].new_page()
        stop.visit(page, world)
        _settle(page)
        page.screenshot(path=folder / f"{stop.name}.png", animations="disabled", full_page=True)
        page.close()
        contexts[stop.actor].set_offline(False)
    for context in contexts.values():
        context.close()


def _context(
    browser: Browser,
    world: World,
    actor: str,
    viewport: tuple[int, int],
    theme: str,
    scale: float = 1,
) -> BrowserContext:
    context = browser.new_context(
        base_url=world.server.url,
        viewport={"width": viewport[0], "height": viewport[1]},
        device_scale_factor=scale,
        color_scheme=theme,  # type: ignore[arg-type]
        has_touch=viewport[0] < 768,
        is_mobile=viewport[0] < 768,
    )
    context.set_default_timeout(10_000)
    if actor:
        context.add_cookies([world.cookies[actor]])  # type: ignore[list-item]
    return context


def _settle(page: Page) -> None:
    """Every picture of the page has come, those below the fold too."""
    page.evaluate("for (const one of document.images) one.loading = 'eager'")
    until(page, "[...document.images].every(one => one.complete)")
    page.evaluate(_TO_THE_END)


def _lay_out(folder: Path) -> None:
    """Sheets of a folder's pictures, each with its name: to look at all of them one by one."""
    for old in folder.glob("sheet-*.webp"):
        old.unlink()
    sheet, x, number = Image.new("RGB", (_SHEET, _SHELF), "#777"), 0, 1
    for path in sorted(folder.glob("*.png")):
        for part in _parts(path):
            if x and x + part.width > _SHEET:
                sheet.save(folder / f"sheet-{number:02}.webp", quality=80)
                sheet, x, number = Image.new("RGB", (_SHEET, _SHELF), "#777"), 0, number + 1
            sheet.paste(part, (x, 0))
            x += part.width + 12
    sheet.save(folder / f"sheet-{number:02}.webp", quality=80)


def _parts(path: Path) -> Iterator[Image.Image]:
    """A picture under its name, at most a sheet wide, cut into pieces of a sheet's height."""
    with Image.open(path) as opened:
        whole = opened.convert("RGB")
    if whole.width > _SHEET // 2:
        whole = whole.resize((_SHEET // 2 - 6, whole.height * (_SHEET // 2 - 6) // whole.width))
    step = _SHELF - 24
    for number, top in enumerate(range(0, whole.height, step)):
        part = Image.new("RGB", (whole.width, _SHELF), "#777")
        part.paste(whole.crop((0, top, whole.width, min(top + step, whole.height))), (0, 24))
        ImageDraw.Draw(part).text((4, 6), f"{path.stem} {number + 1}", fill="white")
        yield part


def _make_readme(browser: Browser, world: World) -> None:
    stops = {stop.name: stop for stop in tour.STOPS}
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, stop, viewport, theme in README:
        context = _context(browser, world, stops[stop].actor, viewport, theme, scale=1.5)
        page = context.new_page()
        stops[stop].visit(page, world)
        _settle(page)
        taken = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        context.close()
        for quality in (86, 76, 66, 56):
            kept = io.BytesIO()
            taken.save(kept, "WEBP", quality=quality, method=6)
            if kept.tell() <= README_BYTES:
                break
        (IMAGES / f"{name}.webp").write_bytes(kept.getvalue())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
