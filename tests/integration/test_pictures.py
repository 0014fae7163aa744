"""Pictures known to the database: what pages are told, and the job that makes what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from fantooo.infra import storage
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.queries import characters
from fantooo.services import pictures
from jobs import tasks
from jobs.schedule import SCHEDULE
from tests.support import factories

NAMES = [f"characters/nia/part-{n}" for n in range(3)]
#: the sizes of a picture that is 1080 pixels wide
ALL = [128, 384, 640, 1080]


class Drawn:
    """Pictures that are drawn as they are asked for; what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        #: this many may be drawn before it breaks
        self.left = 1000

    def make(self, name: str, width: int) -> Image.Image:
        if name not in NAMES:
            raise LookupError(name)
        if not self.left:
            raise RuntimeError("the machine was switched off")
        self.left -= 1
        self.asked.append((name, width))
        return Image.new("RGB", (width, width * 5 // 4), (40 * int(name[-1]), 90, 120))


@pytest.fixture
def drawn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawn]:
    made = Drawn()
    monkeypatch.setattr(pictures, "_maker", lambda: made.make)
    yield made
    pictures.remove_files(NAMES)


@pytest.fixture
def nia(app: Flask) -> Any:
    """A character of whose three pictures nothing is ready."""
    character = factories.character(slug="nia", name="Nia", profile_pictures=NAMES)
    with unit_of_work(as_system=True) as work:
        pictures.add(work, NAMES, 1080, 1350)
        pictures.add(work, NAMES, 1080, 1350)
    return character


def shown(client: FlaskClient, path: str) -> list[str]:
    """Every address of a picture on a page, each of which must be there."""
    html = client.get(path).get_data(as_text=True)
    found = sorted(set(re.findall(r"/media/[\w/.-]+", html)))
    for address in found:
        assert client.get(address, buffered=True).status_code == 200, address
    return found


def test_pages_show_what_is_ready_and_nothing_else(
    drawn: Drawn, nia: Any, client: FlaskClient
) -> None:
    assert shown(client, "/discover") == shown(client, f"/profile/{nia}") == []
    assert 'class="pic-none"' in client.get("/discover").get_data(as_text=True)
    assert pictures.finish(seconds=0) == pictures.Finished(0, 3)
    # The second one only: the card takes it, and the profile counts one.
    kept = storage.media()
    image = drawn.make(NAMES[1], 640)
    pictures.announce([pictures.keep(kept, NAMES[1], image, (384, 640))])
    both = [f"/media/{NAMES[1]}-{width}.{f}" for width in (384, 640) for f in ("avif", "webp")]
    assert shown(client, "/discover") == shown(client, f"/profile/{nia}") == both
    html = client.get(f"/profile/{nia}").get_data(as_text=True)
    assert "Illustration 1 of 1" in html
    assert "1 / " not in html, "there is nothing to step to"
    # Everything: three pictures in four sizes.
    while pictures.finish().made:
        pass
    assert len(shown(client, "/discover")) == 8
    assert len(shown(client, f"/profile/{nia}")) == 24
    html = client.get(f"/profile/{nia}").get_data(as_text=True)
    assert "Illustration 3 of 3" in html
    assert "1 / 3" in html


def test_the_job_makes_first_what_nobody_has_seen(drawn: Drawn, nia: Any) -> None:
    assert pictures.finish() == pictures.Finished(3, 0)
    assert drawn.asked == [(name, 640) for name in NAMES]
    assert pictures.ready() == dict.fromkeys(NAMES, [128, 384, 640])
    assert pictures.finish() == pictures.Finished(3, 0)
    assert drawn.asked[3:] == [(name, 1080) for name in NAMES]
    assert pictures.ready() == dict.fromkeys(NAMES, ALL)
    assert pictures.finish() == pictures.Finished(0, 0), "the second time it does nothing"
    assert len(drawn.asked) == 6
    for name, widths in pictures.ready().items():
        for width in widths:
            for format_ in ("avif", "webp"):
                with (
                    storage.media().open(f"{name}-{width}.{format_}") as file,
                    Image.open(file) as opened,
                ):
                    assert opened.size == (width, width * 5 // 4)


def test_a_run_that_breaks_off_is_taken_up(
    drawn: Drawn, nia: Any, monkeypatch: pytest.MonkeyPatch, client: FlaskClient
) -> None:
    drawn.left = 1
    with pytest.raises(RuntimeError):
        pictures.finish()
    assert pictures.ready() == {NAMES[0]: [128, 384, 640], NAMES[1]: [], NAMES[2]: []}
    # In the middle of a picture: some of its files are there, but no page names them.
    drawn.left = 1000
    real = storage.LocalStorage.save
    saves = []

    def save(kept: storage.LocalStorage, name: str, data: bytes) -> None:
        saves.append(name)
        if len(saves) == 3:
            raise OSError(28, "No space left on device")
        real(kept, name, data)

    with monkeypatch.context() as patched:
        patched.setattr(storage.LocalStorage, "save", save)
        with pytest.raises(OSError, match="No space"):
            pictures.finish()
    assert storage.media().exists(saves[1])
    assert pictures.ready()[NAMES[1]] == []
    assert len(shown(client, f"/profile/{nia}")) == 6
    while pictures.finish().made:
        pass
    assert pictures.ready() == dict.fromkeys(NAMES, ALL)
    assert len(shown(client, f"/profile/{nia}")) == 24


def test_two_runs_at_once_agree(drawn: Drawn, nia: Any) -> None:
    """The later one announces what the earlier one did; nothing is lost or said twice."""
    one = pictures.keep(storage.media(), NAMES[0], drawn.make(NAMES[0], 640), (384, 640))
    two = pictures.keep(storage.media(), NAMES[0], drawn.make(NAMES[0], 384), (128, 384))
    pictures.announce([one, two, one])
    assert pictures.ready()[NAMES[0]] == [128, 384, 640]


def test_what_nobody_can_draw_holds_nothing_up(drawn: Drawn, nia: Any) -> None:
    with unit_of_work(as_system=True) as work:
        pictures.add(work, ["characters/gone/0"], 1080, 1350)
    assert pictures.finish() == pictures.Finished(3, 1)
    assert pictures.finish() == pictures.Finished(3, 1)
    assert pictures.finish() == pictures.Finished(0, 1)


def test_a_picture_is_never_shown_larger_than_it_is(drawn: Drawn, app: Flask) -> None:
    with unit_of_work(as_system=True) as work:
        pictures.add(work, NAMES[:1], 700, 875)
    assert pictures.finish().made == 1
    assert pictures.ready() == {NAMES[0]: [128, 384, 640]}
    assert pictures.finish().made == 0


def test_files_that_are_gone_are_made_again(drawn: Drawn, nia: Any, client: FlaskClient) -> None:
    while pictures.finish().made:
        pass
    assert pictures.retract_missing() == 0
    storage.media().delete(f"{NAMES[0]}-640.avif")
    assert pictures.retract_missing() == 1
    assert pictures.ready()[NAMES[0]] == [128, 384, 1080]
    assert len(shown(client, "/discover")) == 6
    assert pictures.finish() == pictures.Finished(1, 0)
    assert len(shown(client, "/discover")) == 8


def test_the_job_runs_on_the_queue_of_slow_work(
    drawn: Drawn, nia: Any, superuser: psycopg.Connection
) -> None:
    entry = next(each for each in SCHEDULE if each.name == "pictures")
    assert entry.queue == "slow"
    assert {each.name for each in SCHEDULE if each.queue == "slow"} == {
        "pictures",
        "photos",
        "letters",
    }
    due = "2026-11-24T11:00:00+00:00"
    superuser.execute("INSERT INTO job_runs (name, due_at) VALUES ('pictures', %s)", (due,))
    tasks.finish_pictures(due)
    row = superuser.execute("SELECT status, result FROM job_runs").fetchone()
    assert row == ("done", {"value": {"made": 3, "left": 0}})


def test_the_one_who_draws_is_there() -> None:
    """It is named, not imported: without a demo world nobody needs it."""
    from fantooo.demo import portraits

    assert pictures._maker() is portraits.make


def test_placeholders_stay_as_they_were(drawn: Drawn, nia: Any) -> None:
    pictures.finish()
    before = {name: _placeholder(nia, n) for n, name in enumerate(NAMES)}
    assert len(set(before.values())) == 3
    assert all(address.startswith("data:image/webp;base64,") for address in before.values())
    pictures.finish()
    assert {name: _placeholder(nia, n) for n, name in enumerate(NAMES)} == before


def _placeholder(character: Any, n: int) -> str:
    return characters.get(character).pictures[n].placeholder


# How they are served


def test_a_file_may_be_kept_for_ever(app: Flask, client: FlaskClient) -> None:
    factories.paint(app, NAMES[0])
    for format_ in ("avif", "webp"):
        address = f"/media/{NAMES[0]}-384.{format_}"
        answer = client.get(address, buffered=True)
        assert answer.status_code == 200
        assert answer.mimetype == f"image/{format_}"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.content_length == len(answer.data) > 100
        assert answer.data == factories.painted()[f"-384.{format_}"]
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        part = client.get(address, headers={"Range": "bytes=0-9"}, buffered=True)
        assert part.data == answer.data[:10] or part.data == answer.data
        head = client.head(address)
        assert (head.status_code, head.data) == (200, b"")
    pictures.remove_files(NAMES)


@pytest.mark.parametrize(
    "address",
    [
        "/media/characters/nia/0-385.webp", "/media/characters/nia/0-384.png",
        "/media/characters/nia/0-384.webp/", "/media/characters/nia/", "/media/characters/nia",
        "/media/characters/nia/..%2f..%2fsecret-key", "/media/../secret-key",
        "/media/characters/../../secret-key", "/media/%2e%2e/secret-key", "/media//etc/passwd",
        "/media/users/anna/0-384.webp", "/media/characters/nia/.x-384.webp", "/media/",
        "/media/characters/NIA/0-384.webp", "/media/characters/nia/0-384.webp%00",
    ],
)  # fmt: skip
def test_nothing_else_is_served(app: Flask, client: FlaskClient, address: str) -> None:
    factories.paint(app, NAMES[0], "users/anna/0")
    (app.config["SETTINGS"].fantooo_home / "secret-key").write_text("secret")
    answer = client.get(address, buffered=True)
    assert answer.status_code in (404, 308)
    assert "immutable" not in answer.headers["Cache-Control"]
    pictures.remove_files([NAMES[0], "users/anna/0"])
