"""A thousand signed-in people who open the list of characters and a profile in the same moment."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from dataclasses import dataclass

from bench import data
from bench.world import World

#: as many characters as size m has; conversations play no part here
SIZE = data.Size(characters=4_000, users=100, operators=5, chats=200, messages=1_000)
PEOPLE = 1_000
#: until when everybody must have been answered
GOAL_SECONDS = 5.0


@dataclass(frozen=True)
class Crowd:
    """Seconds until the half, 99 of 100 and all were answered, and answers by status."""

    people: int
    p50: float
    p99: float
    last: float
    statuses: dict[int, int]


def run(people: int = PEOPLE) -> Crowd:
    """Two requests a person, all sent at once, each on a connection of its own."""
    world = World()
    try:
        server = world.start()
        with server.place.connect(server.database) as superuser:
            data.grow(superuser, SIZE)
            rows = superuser.execute(
                "SELECT id FROM fictional_users ORDER BY id LIMIT 200"
            ).fetchall()
        cookies = world.idle_cookies(people)
        profiles = [f"/profile/{row[0]}" for row in rows]
        wanted = [
            (path, cookie)
            for number, cookie in enumerate(cookies)
            for path in ("/discover", profiles[number % len(profiles)])
        ]
        # The first ones fill caches, as somebody has always been here before.
        asyncio.run(_ask(server.port, wanted[:40]))
        answers = asyncio.run(_ask(server.port, wanted))
    finally:
        world.close()
    seconds = sorted(taken for _status, taken in answers)
    cuts = statistics.quantiles(seconds, n=100)
    return Crowd(
        people,
        round(statistics.median(seconds), 2),
        round(cuts[98], 2),
        round(seconds[-1], 2),
        dict(Counter(status for status, _taken in answers)),
    )


async def _ask(port: int, wanted: list[tuple[str, str]]) -> list[tuple[int, float]]:
    began = time.monotonic()
    return await asyncio.gather(*(_one(port, path, cookie, began) for path, cookie in wanted))


async def _one(port: int, path: str, cookie: str, began: float) -> tuple[int, float]:
    """The status, 0 when the line broke, and the seconds since everybody began."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        answer = await reader.read(-1)
        writer.close()
        status = int(answer.split(b" ", 2)[1])
    except (OSError, IndexError, ValueError):
        status = 0
    return status, time.monotonic() - began
