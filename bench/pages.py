"""How long pages take: on the server with much data, and in a slow phone's browser.

The server's time is a request's over loopback on one kept connection, one after the other, so it
holds everything but the network. Browser figures are Chromium's own (paint, layout-shift and event
timing) at 390 and 1440 px with the processor slowed down four times, 1.6 Mbit/s and 150 ms.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, sync_playwright

from bench import data
from bench.world import NOON
from fantooo.config import ROOT
from fantooo.domain import texts
from fantooo.embedded import process
from tests.support import chromium, factories, tour
from tests.support.cluster import Cluster, Place
from tests.support.server import LiveServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from playwright.sync_api import Browser, Request

    from tests.support.tour import World

_PHONE, _DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
_SLOW_DOWN = 4
_BYTES_A_SECOND = 1_600_000 / 8
_LATENCY_MS = 150
#: how often each page is opened; the figure is the median
_VISITS = 3

_WATCH = """
window.seen = { lcp: 0, fcp: 0, cls: 0, inp: 0 };
new PerformanceObserver(list => { for (const e of list.getEntries()) seen.lcp = e.startTime })
  .observe({ type: 'largest-contentful-paint', buffered: true });
new PerformanceObserver(list => { for (const e of list.getEntries()) if (e.name === 'first-contentful-paint') seen.fcp = e.startTime })
  .observe({ type: 'paint', buffered: true });
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) seen.cls += e.value })
  .observe({ type: 'layout-shift', buffered: true });
new PerformanceObserver(list => { for (const e of list.getEntries()) if (e.interactionId) seen.inp = Math.max(seen.inp, e.duration) })
  .observe({ type: 'event', durationThreshold: 16, buffered: true });
"""
_SETTLED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 400)))"


@dataclass(frozen=True)
class Served:
    """A page's time on the server, in milliseconds, and its size compressed, in bytes."""

    name: str
    p50: float
    p99: float
    size: int
    a_second: float


@dataclass(frozen=True)
class Seen:
    """What a browser saw of a page, in milliseconds; ``cls`` has no unit."""

    name: str
    fcp: float
    lcp: float
    cls: float
    inp: float
    #: the worst interaction of each thing that was done, of which ``inp`` is the worst
    actions: dict[str, float] = field(default_factory=dict)


#: What people do on a page, by the name it has in the figures.
Use = dict[str, Callable[[Page], None]]


def run(*, quick: bool) -> dict[str, list[Any]]:
    """Both halves, printed as they come."""
    cluster = Cluster(durable=True)
    cluster.start()
    try:
        served = _server_times(cluster.place, quick=quick)
        seen = _browser_times(cluster.place)
    finally:
        cluster.stop()
    return {"served": served, "seen": seen}


# The server


def _server_times(place: Place, *, quick: bool) -> list[Served]:
    most = data.M.times(0.05) if quick else data.M
    rounds = 100 if quick else 400
    figures: list[Served] = []
    for size in (most.times(0.1), most):
        _say(
            f"\nServer time, {size.characters:,} characters, {size.users:,} users,"
            f" {size.chats:,} chats, {size.messages:,} messages"
        )
        figures += _of_size(place, size, rounds)
    half = len(figures) // 2
    for small, large in zip(figures[:half], figures[half:], strict=True):
        _say(f"{small.name:<24} after ten times the data: {large.p50 / small.p50:.2f} x at p50")
    return figures


def _of_size(place: Place, size: data.Size, rounds: int) -> list[Served]:
    with tempfile.TemporaryDirectory(prefix="fantooo-bench-") as home:
        server = LiveServer(place, Path(home), workers=1, fantooo_clock=NOON)
        try:
            began = time.monotonic()
            with place.connect(server.database) as superuser:
                data.grow(superuser, size)
                row = superuser.execute(
                    "SELECT c.real_user_id, c.id, f.id FROM chats AS c"
                    " JOIN fictional_users AS f ON f.id = c.fictional_user_id"
                    " ORDER BY c.message_count DESC, c.id LIMIT 1"
                ).fetchone()
                assert row
            _say(f"made in {time.monotonic() - began:.0f} s")
            user = _signed_in(server, row[0])
            with server.acting():
                operator = factories.operator(available=True)
            server.start("web")
            cookies = {
                "": "",
                "user": user,
                "operator": _cookie(server.cookie(server.sign_in(operator))),
            }
            pages = [
                ("/discover", "", "/discover"),
                ("/discover, signed in", "user", "/discover"),
                ("/discover?q=", "user", "/discover?q=kilimanjaro+vioiln"),
                ("/discover, filtered", "user", "/discover?gender=female&style=playful"),
                ("/profile/<id>", "user", f"/profile/{row[2]}"),
                ("/chats", "user", "/chats"),
                ("/chat/<id>", "user", f"/chat/{row[1]}"),
                ("/operator/waiting", "operator", "/operator/waiting"),
            ]
            figures = [
                _timed(name, server.port, path, cookies[actor], rounds)
                for name, actor, path in pages
            ]
            with _bare(server) as port:
                bare = _timed("a bare page", port, "/", "", rounds)
            for one in figures:
                _say(
                    f"{one.name:<24} p50 {one.p50:6.1f} ms   p99 {one.p99:6.1f} ms"
                    f"   {one.size / 1024:5.1f} KB compressed"
                    f"   {one.a_second / bare.a_second:.0%} of a bare page's {bare.a_second:,.0f}/s"
                )
            return figures
        finally:
            server.stop()


def _signed_in(server: LiveServer, account_id: UUID) -> str:
    """The cookie of somebody the generator made, who has no password and agreed to nothing yet."""
    token = "bench"  # noqa: S105 (of a database that lives for minutes)
    with server.place.connect(server.database) as superuser:
        for text_name, version in texts.to_agree_to():
            superuser.execute(
                "INSERT INTO consents (account_id, text_name, text_version) VALUES (%s, %s, %s)",
                (account_id, text_name, version),
            )
        superuser.execute(
            "INSERT INTO sessions (account_id, token_hash, address, user_agent, expires_at)"
            " VALUES (%s, %s, '', '', now() + interval '1 day')",
            (account_id, hashlib.sha256(token.encode()).digest()),
        )
    signer = server.app.session_interface.get_signing_serializer(server.app)  # type: ignore[attr-defined]
    value = signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
    return f"{server.app.config['SESSION_COOKIE_NAME']}={value}"


def _cookie(cookie: dict[str, str]) -> str:
    return f"{cookie['name']}={cookie['value']}"


def _timed(name: str, port: int, path: str, cookie: str, rounds: int) -> Served:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": cookie} if cookie else {}
    taken, body = [], b""
    for number in range(rounds + 20):
        began = time.perf_counter()
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status)
        if number >= 20:  # the first ones fill caches
            taken.append((time.perf_counter() - began) * 1000)
    line.close()
    cuts = statistics.quantiles(taken, n=100)
    return Served(
        name,
        statistics.median(taken),
        cuts[98],
        len(gzip.compress(body, 6)),
        1000 / statistics.mean(taken),
    )


@contextmanager
def _bare(server: LiveServer) -> Iterator[int]:
    """The port of a bare page on the same database, in the same kind of worker."""
    port = process.free_port()
    running = process.spawn(
        [
            *(sys.executable, "-m", "gunicorn", "-k", "gevent", "-w", "1"),
            *("-b", f"127.0.0.1:{port}", "--no-control-socket", "bench.served:bare()"),
        ],
        env=server.env,
        cwd=ROOT,
    )
    try:
        assert process.wait_until(lambda: _listens(port), seconds=30), "the bare page did not start"
        yield port
    finally:
        process.stop(running, signal.SIGTERM)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


# The browser


def _browser_times(place: Place) -> list[Seen]:
    _say(
        f"\nChromium, {_SLOW_DOWN} x slower, 1.6 Mbit/s, {_LATENCY_MS} ms;"
        f" medians of {_VISITS} first visits"
    )
    with tempfile.TemporaryDirectory(prefix="fantooo-bench-") as home, sync_playwright() as started:
        server = LiveServer(
            place, Path(home), served="bench.served:compressed()", fantooo_clock=NOON, **tour.PAYING
        )
        browser = chromium.launch(started)
        try:
            server.start("web", "worker")
            world = tour.demo_world(server)
            figures = [
                _visited(browser, world, screen, *page)
                for screen in (_PHONE, _DESKTOP)
                for page in (
                    ("landing", "", "/", _ON_LANDING),
                    ("discover", "", "/discover", _ON_DISCOVER),
                    ("discover, signed in", "user", "/discover", _KEEPING | _ON_DISCOVER),
                    ("profile", "user", "/profile/{character}", _ON_PROFILE),
                    ("chat", "user", "/chat/{chat}", _ON_CHAT),
                )
            ]
            _say_weight(browser, server)
            return figures
        finally:
            browser.close()
            server.stop()


def _visited(
    browser: Browser,
    world: World,
    screen: dict[str, int],
    name: str,
    actor: str,
    path: str,
    use: Use,
) -> Seen:
    visits = [_visit(browser, world, screen, actor, world.path(path), use) for _ in range(_VISITS)]
    name = f"{name}, {screen['width']} px"
    middle = {key: statistics.median(visit[key] for visit in visits) for key in visits[0]}
    actions = {action: middle.pop(action) for action in use}
    inp = max(actions.values())
    _say(
        f"{name:<28} FCP {middle['fcp']:5.0f} ms   LCP {middle['lcp']:5.0f} ms"
        f"   CLS {middle['cls']:.4f}   INP {inp:4.0f} ms"
    )
    _say("    " + ", ".join(f"{action} {worst:.0f}" for action, worst in actions.items()))
    return Seen(name, **middle, inp=inp, actions=actions)


def _visit(
    browser: Browser,
    world: World,
    screen: dict[str, int],
    actor: str,
    path: str,
    use: Use,
) -> dict[str, float]:
    """One first visit, with nothing kept from before, and some use of the page after it.

    Beside fcp, lcp and cls what each action of ``use`` took at worst until something was painted;
    0 is less than the 16 ms below which a browser says nothing.
    """
    context = browser.new_context(
        base_url=world.server.url,
        viewport=screen,  # type: ignore[arg-type]
        has_touch=screen is _PHONE,
    )
    try:
        if actor:
            context.add_cookies([world.cookies[actor]])  # type: ignore[list-item]
        page = context.new_page()
        page.add_init_script(_WATCH)
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": _LATENCY_MS,
                "downloadThroughput": _BYTES_A_SECOND,
                "uploadThroughput": _BYTES_A_SECOND,
            },
        )
        line.send("Emulation.setCPUThrottlingRate", {"rate": _SLOW_DOWN})
        page.goto(path, wait_until="networkidle")
        page.evaluate(_SETTLED)
        # What is painted after the first use no longer counts: the browser ends it then, we before.
        painted = page.evaluate("({ fcp: seen.fcp, lcp: seen.lcp })")
        worst = {}
        for action, do in use.items():
            page.evaluate("seen.inp = 0")
            do(page)
            page.evaluate(_SETTLED)
            # What was asked of the server belongs to this action, not to the next.
            chromium.until(page, "!document.querySelector('.htmx-request')")
            page.evaluate(_SETTLED)
            worst[action] = page.evaluate("seen.inp")
        # No interaction, but it shows what jumps.
        page.mouse.wheel(0, 1500)
        page.evaluate(_SETTLED)
        return {**painted, "cls": page.evaluate("seen.cls"), **worst}
    finally:
        context.close()


def _click(selector: str) -> Callable[[Page], None]:
    """Presses the first of these that is in sight."""

    def do(page: Page) -> None:
        page.locator(selector).locator("visible=true").first.click()

    return do


def _press(key: str, times: int = 1) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        for _ in range(times):
            page.keyboard.press(key)

    return do


def _type(field: str, text: str, delay: float) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        page.locator(field).first.press_sequentially(text, delay=delay)

    return do


_ON_LANDING: Use = {
    "Tab": _press("Tab", 2),
    "theme": _click(".theme [aria-pressed=false]"),
}
_KEEPING: Use = {"heart": _click(".heart button")}
_ON_DISCOVER: Use = {
    "Filters": _click(".more-filters > summary"),
    "tags": _click(".more-filters details > summary"),
    "a tag": _click(".more-filters label.chip"),
    "Filters again": _click(".more-filters > summary"),
    "gender": _click("label.chip:has([name=gender]:not(:checked))"),
    "letters": _type("[type=search]", "sea", delay=120),
}
_ON_PROFILE: Use = {
    "heart": _click(".heart button"),
    "picture in full": _click(".gallery a"),
    "next picture": _click("#lightbox [data-step='1']"),
    "closing it": _press("Escape"),
}
_ON_CHAT: Use = {
    "letters": _type("#text", "Good evening", delay=80),
    "sending": _click("button[aria-label='Send message']"),
    "menu of a message": _click(".bubble-menu summary"),
    "closing the menu": _press("Escape"),
    "about": _click("[data-opens=about]"),
    "closing about": _press("Escape"),
}


def _say_weight(browser: Browser, server: LiveServer) -> None:
    """Bytes of a first visit of /discover, as they came over the line."""
    context = browser.new_context(base_url=server.url, viewport=_PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    weight: dict[str, int] = {}

    def add(request: Request) -> None:
        size = request.sizes()
        kind = request.resource_type
        weight[kind] = weight.get(kind, 0) + size["responseBodySize"]

    page.on("requestfinished", add)
    page.goto("/discover", wait_until="networkidle")
    context.close()
    _say(
        "discover, first visit: "
        + ", ".join(f"{kind} {size / 1024:.1f} KB" for kind, size in sorted(weight.items()))
    )


def _say(line: str) -> None:
    print(line, flush=True)
