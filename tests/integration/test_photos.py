"""Photos of oneself: added, chosen, removed; who sees them; that no file is ever left behind."""

from __future__ import annotations

import io
import re
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from PIL import Image

from fantooo.domain.errors import NotFound, ValidationError
from fantooo.domain.events import PersonChanged
from fantooo.domain.viewer import Viewer
from fantooo.extensions import db
from fantooo.infra import bus, storage
from fantooo.infra.database import acting_as
from fantooo.infra.storage import LocalStorage
from fantooo.queries import photos as reads
from fantooo.services import deletion, photos
from tests.conftest import _Client
from tests.support import factories
from tests.support.factories import PASSWORD, picture_file

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def anna(app: Flask) -> Viewer:
    # Rows go after each test, files do not.
    shutil.rmtree(app.config["SETTINGS"].media_dir / "photos", ignore_errors=True)
    return factories.user(username="anna_k")


@pytest.fixture
def browser(app: Flask, anna: Viewer) -> _Client:
    made: _Client = app.test_client()  # type: ignore[assignment]
    return made.become(anna)


def files(app: Flask) -> set[str]:
    root = Path(app.config["SETTINGS"].media_dir)
    return {str(each.relative_to(root)) for each in (root / "photos").rglob("*") if each.is_file()}


def shown(viewer: Viewer) -> list[UUID]:
    assert viewer.account_id
    with acting_as(viewer):
        return [each.id for each in reads.own(viewer.account_id)]


def send(browser: _Client, data: bytes, name: str = "me.jpg", **headers: Any) -> Any:
    # By hand: the test client would leave the file open in which it puts a large form.
    head = f'--x\r\nContent-Disposition: form-data; name="photo"; filename="{name}"\r\n\r\n'
    return browser.post(
        "/me/photos",
        data=head.encode() + data + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers=headers,
    )


def error_of(answer: Any) -> str:
    found = re.search(r'id="photo-error"[^>]*>([^<]*)<', answer.get_data(as_text=True))
    return found[1] if found else ""


def test_a_photo_is_drawn_anew_and_shown(app: Flask, browser: _Client, anna: Viewer) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Tecno Spark 10"
    answer = send(browser, picture_file(800, 1000, exif=exif) + b"<script>alert(1)</script>")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me?saved=photos#me-photos")
    (photo,) = shown(anna)
    sizes = {
        f"photos/{anna.account_id}/{photo}/{w}.{f}"
        for w in (128, 384, 640)
        for f in ("avif", "webp")
    }
    assert files(app) == sizes
    for name in sizes:
        with storage.media().open(name) as file:
            kept = file.read()
        assert b"Tecno" not in kept and b"script" not in kept
        with Image.open(io.BytesIO(kept)) as opened:
            assert opened.width == int(name.rpartition("/")[2].partition(".")[0])
            assert opened.info.get("exif") is None
    page = browser.get("/me").get_data(as_text=True)
    assert f"/media/photos/{photo}-640.webp" in page
    assert str(anna.account_id) not in page
    got = browser.get(f"/media/photos/{photo}-384.avif", buffered=True)
    assert (got.status_code, got.mimetype) == (200, "image/avif")
    assert got.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in got.headers


def test_the_largest_size_comes_by_job(app: Flask, anna: Viewer) -> None:
    photo = factories.photo(anna, picture_file(1200, 900))
    before = files(app)
    with acting_as(anna):
        assert reads.own(anna.account_id)[0].picture.widths == [128, 384, 640]  # type: ignore[arg-type]
    assert photos.finish_all() == 1
    assert photos.finish_all() == 0
    assert photos.finish(photo) is False
    with acting_as(anna):
        assert reads.own(anna.account_id)[0].picture.widths == [128, 384, 640, 1080]  # type: ignore[arg-type]
    assert {name.rpartition("/")[2] for name in files(app) - before} == {"1080.avif"}


def test_a_photo_removed_meanwhile_gets_no_file_again(
    app: Flask, anna: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = factories.photo(anna, picture_file(1200, 900))
    drawn = photos.pictures.renditions

    def removed(*given: Any) -> Any:
        made = list(drawn(*given))
        with acting_as(anna):
            photos.remove(anna.account_id, photo)  # type: ignore[arg-type]
        return made

    monkeypatch.setattr(photos.pictures, "renditions", removed)
    assert photos.finish(photo) is False
    assert files(app) == set()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Choose a photo first."),
        (b"<svg onload='alert(1)'>", "We cannot read this file."),
        (b"GIF89a" + b"\0" * 400, "We cannot read this file."),
        (picture_file(format_="GIF"), "We cannot read this file."),
        (picture_file()[:3000], "We cannot read this file."),
        (picture_file(90, 400), "The picture needs 128 pixels on each side"),
        (picture_file() + b"\0" * 10 * 1024**2, "The picture is larger than 10 MB"),
    ],
)
def test_what_is_refused_is_said_beside_the_field_and_kept_nowhere(
    app: Flask, browser: _Client, anna: Viewer, data: bytes, words: str
) -> None:
    kept = factories.photo(anna)
    before = files(app)
    for headers, status in (({}, 400), (FRAGMENT, 200)):
        answer = send(browser, data, **headers)
        assert answer.status_code == status
        assert error_of(answer).startswith(words)
        assert str(kept) in answer.get_data(as_text=True)
    assert shown(anna) == [kept]
    assert files(app) == before


def test_giant_pictures_are_refused_before_they_are_decoded(browser: _Client) -> None:
    kept = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(kept, "PNG")
    assert len(kept.getvalue()) < 100_000
    assert error_of(send(browser, kept.getvalue())) == "The picture has too many pixels"


def test_a_request_that_is_far_too_large(app: Flask, browser: _Client) -> None:
    huge = b"\0" * (31 * 1024**2)
    assert send(browser, huge).status_code == 413
    # Without a session, and elsewhere, nothing larger than a form is read at all.
    assert send(app.test_client(), b"\0" * 70_000).status_code == 413  # type: ignore[arg-type]
    assert browser.post("/me/language", data={"language": "x" * 70_000}).status_code == 413


def test_six_at_most(app: Flask, browser: _Client, anna: Viewer) -> None:
    six = [factories.photo(anna) for _ in range(6)]
    answer = send(browser, picture_file(), **FRAGMENT)
    assert error_of(answer) == photos.FULL
    assert "photos-form" not in answer.get_data(as_text=True)
    assert shown(anna) == six


def test_six_at_most_at_once(fresh: Flask, anna_there: Viewer) -> None:
    """Eight at the same moment, and two that are on their way: never a seventh row."""
    refused: list[str] = []
    start = threading.Barrier(8)

    def add() -> None:
        with fresh.app_context(), acting_as(anna_there):
            start.wait()
            try:
                photos.add(anna_there.account_id, picture_file(128, 128))  # type: ignore[arg-type]
            except ValidationError as error:
                refused.append(error.fields["photo"])
            finally:
                db.session.remove()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert refused == [photos.FULL] * 2
    assert len(shown(anna_there)) == 6
    assert len(files(fresh)) == 12


@pytest.fixture
def fresh(make_app: Callable[..., Flask]) -> Any:
    app = make_app()
    with app.app_context():
        yield app


@pytest.fixture
def anna_there(fresh: Flask) -> Viewer:
    return factories.user()


def test_the_first_stands_for_oneself_until_another_is_chosen(
    browser: _Client, anna: Viewer
) -> None:
    first, second, third = (factories.photo(anna) for _ in range(3))
    assert shown(anna) == [first, second, third]
    for _ in range(2):
        assert browser.post(f"/me/photos/{third}/main").status_code == 303
        assert shown(anna) == [third, first, second]
    part = browser.post(f"/me/photos/{second}/main", headers=FRAGMENT).get_data(as_text=True)
    assert shown(anna) == [second, first, third]
    assert part.count("Main photo") == 1
    assert part.index(str(second)) < part.index("Main photo") < part.index(str(first))
    browser.post(f"/me/photos/{second}/remove")
    assert shown(anna) == [first, third]


def test_removed_is_gone_at_once(app: Flask, browser: _Client, anna: Viewer) -> None:
    kept, gone = factories.photo(anna), factories.photo(anna)
    answer = browser.post(f"/me/photos/{gone}/remove")
    assert answer.status_code == 303
    assert browser.get(f"/media/photos/{gone}-384.webp").status_code == 404
    assert {name.split("/")[2] for name in files(app)} == {str(kept)}
    assert browser.post(f"/me/photos/{gone}/remove").status_code == 404


def test_nobody_elses(anna: Viewer) -> None:
    ben = factories.user()
    photo = factories.photo(ben)
    for deed in (photos.choose, photos.remove):
        for wanted in (photo, uuid4()):
            with acting_as(anna), pytest.raises(NotFound):
                deed(anna.account_id, wanted)  # type: ignore[arg-type]
    assert shown(ben) == [photo]


def test_desks_see_a_change_and_only_while_they_hold_the_chat(app: Flask, anna: Viewer) -> None:
    olga = factories.operator(available=True)
    chat = factories.open_chat(anna)
    factories.send(anna, chat)
    factories.reply(olga, chat)
    desk = app.test_client().become(olga)  # type: ignore[attr-defined]
    heard: list[Any] = []
    bus.subscribe(app, heard.append)
    try:
        first = factories.photo(anna)
        with acting_as(anna):
            photos.remove(anna.account_id, first)  # type: ignore[arg-type]
        second, third = factories.photo(anna), factories.photo(anna)
        with acting_as(anna):
            photos.choose(anna.account_id, third)  # type: ignore[arg-type]
    finally:
        app.extensions["fantooo_listeners"].remove(heard.append)
    assert heard == [PersonChanged(anna.account_id, (olga.account_id,), shows_online=True)] * 5  # type: ignore[arg-type]
    for path in (f"/operator/chat/{chat}/person", f"/operator/chat/{chat}"):
        page = desk.get(path).get_data(as_text=True)
        assert str(first) not in page
        assert page.index(str(third)) < page.index(str(second))
    url = f"/media/photos/{third}-384.webp"
    assert desk.get(url, buffered=True).status_code == 200
    desk.post(f"/operator/chat/{chat}/handback", data={"assignment_number": "1", "reason": "x"})
    assert desk.get(url).status_code == 404


def test_admins_need_the_permission_to_look_after_people(app: Flask, anna: Viewer) -> None:
    photo = factories.photo(anna)
    pages = {
        role: app.test_client().become(factories.admin(role))  # type: ignore[attr-defined]
        for role in ("admin", "moderator")
    }
    page = pages["admin"].get(f"/admin/users/{anna.account_id}/credits").get_data(as_text=True)
    assert f"/media/photos/{photo}-384.webp" in page
    assert pages["moderator"].get(f"/media/photos/{photo}-384.webp").status_code == 404


def test_a_crash_between_row_and_files_leaves_nothing(
    app: Flask, anna: Viewer, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The storage fails at the second file: nothing is shown, and the sweep takes what was written."""
    save, written = LocalStorage.save, []

    def full(self: LocalStorage, name: str, data: bytes) -> None:
        if written:
            raise OSError("no space left")
        written.append(name)
        save(self, name, data)

    monkeypatch.setattr(LocalStorage, "save", full)
    with acting_as(anna), pytest.raises(OSError, match="no space"):
        photos.add(anna.account_id, picture_file())  # type: ignore[arg-type]
    assert shown(anna) == []
    assert len(files(app)) == 1
    assert photos.finish_all() == 0, "it may still be on its way"
    superuser.execute("UPDATE user_photos SET created_at = now() - interval '11 minutes'")
    assert photos.finish_all() == 1
    assert files(app) == set()
    assert superuser.execute("SELECT count(*) FROM user_photos").fetchone() == (0,)


def test_leaving_takes_them_along(
    app: Flask, anna: Viewer, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.photo(anna)
    ben = factories.user()
    factories.photo(ben)
    folder = Path(app.config["SETTINGS"].media_dir) / "photos" / str(anna.account_id)
    (folder / ".0a1b.part").write_bytes(b"half a file of a crash")
    deletion.ask(anna.account_id, password=PASSWORD, unused="forfeit", reason="")  # type: ignore[arg-type]
    later = datetime.now(UTC) + timedelta(days=8)
    with monkeypatch.context() as broken:
        # The proof looks at the files too: what is left keeps the deletion from being called done.
        broken.setattr(photos, "remove_files_of", lambda *_given: None)
        deletion.complete_due(later)
        proof = "SELECT data_anonymized FROM deleted_users"
        assert superuser.execute(proof).fetchone() == (False,)
        assert superuser.execute("SELECT status FROM data_requests").fetchone() == ("settling",)
    photos.storage.media().clear(f"photos/{anna.account_id}")
    deletion.complete_due(later)
    assert superuser.execute(proof).fetchone() == (True,)
    assert {name.split("/")[1] for name in files(app)} == {str(ben.account_id)}


def test_leaving_removes_their_files(app: Flask, anna: Viewer) -> None:
    factories.photo(anna)
    deletion.ask(anna.account_id, password=PASSWORD, unused="forfeit", reason="")  # type: ignore[arg-type]
    assert files(app), "one may still change one's mind"
    deletion.complete_due(datetime.now(UTC) + timedelta(days=8))
    assert files(app) == set()
    assert shown(anna) == []
