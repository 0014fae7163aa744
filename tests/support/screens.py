"""``./dev screenshots [NAME..]``: pictures of every page and state, and the one of the README.

Starts a Fantooo of its own with demo data; nothing else needs to run. Pictures are in
``var/screenshots`` by size and theme. With names, only the stops whose names begin so.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from fantooo.config import ROOT
from tests.support import chromium, tour
from tests.support.chromium import until
from tests.support.cluster import Cluster
from tests.support.server import LiveServer
from tests.support.tour import Stop, World

SIZES = {"390": (390, 844), "1440": (1440, 900)}
THEMES = ("light", "dark")
FOLDER = ROOT / "var" / "screenshots"
COVER = ROOT / "docs" / "images" / "fantooo.webp"


def main(arguments: list[str]) -> int:
    """Takes the pictures; says where they are."""
    options = _parser().parse_args(arguments)
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
    parser.add_argument("--cover", action="store_true", help="compose the README's picture too")
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
    for size, theme in looks:
        _take(browser, world, _chosen(tour.STOPS, options), sizes[size], size, theme)
    if options.cover:
        _compose(browser, world)


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
        page.screenshot(path=folder / f"{stop.name}.png", animations="disabled")
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
    """Every picture that is in sight has come."""
    until(
        page,
        "[...document.images].every(one => one.complete || one.getBoundingClientRect().top > innerHeight)",
    )


# The README's picture: discover, the desk below it, a chat on a phone before both


def _compose(browser: Browser, world: World) -> None:
    stops = {stop.name: stop for stop in tour.STOPS}

    def shot(name: str, viewport: tuple[int, int], theme: str) -> Image.Image:
        context = _context(browser, world, stops[name].actor, viewport, theme, scale=1.5)
        page = context.new_page()
        stops[name].visit(page, world)
        _settle(page)
        taken = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        context.close()
        return taken

    canvas = _backdrop((1800, 1400))
    _place(canvas, shot("discover", (1280, 760), "dark"), (430, 70), 1300, 26)
    _place(canvas, shot("desk", (1440, 900), "light"), (560, 770), 1170, 26)
    _place(canvas, shot("chat-typing", (390, 844), "dark"), (70, 330), 420, 48)
    COVER.parent.mkdir(parents=True, exist_ok=True)
    canvas.save(COVER, "WEBP", quality=86, method=6)


def _backdrop(size: tuple[int, int]) -> Image.Image:
    canvas = Image.new("RGB", size, "#150b1a")
    glow = ImageDraw.Draw(canvas)
    width, height = size
    glow.ellipse((-500, -500, 900, 700), fill="#5a1645")
    glow.ellipse((width - 900, -400, width + 500, 700), fill="#33206b")
    glow.ellipse((400, height - 350, width - 100, height + 600), fill="#471a38")
    return canvas.filter(ImageFilter.GaussianBlur(190))


def _place(
    canvas: Image.Image, picture: Image.Image, at: tuple[int, int], width: int, radius: int
) -> None:
    picture = picture.resize(
        (width, picture.height * width // picture.width), Image.Resampling.LANCZOS
    )
    mask = Image.new("L", (picture.width * 3, picture.height * 3))
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, mask.width - 1, mask.height - 1), radius * 3, fill=255
    )
    mask = mask.resize(picture.size, Image.Resampling.LANCZOS)
    shade = Image.new("L", canvas.size)
    shade.paste(mask.point(lambda level: level * 7 // 10), (at[0], at[1] + 26))
    canvas.paste("#07030a", mask=shade.filter(ImageFilter.GaussianBlur(34)))
    canvas.paste(picture, at, mask)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
