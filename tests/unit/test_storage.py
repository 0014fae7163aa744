"""The storage: names that lead nowhere else, whole files or none."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fantooo.infra.storage import LocalStorage

NAME = "characters/amani/drawn-0-3f9a2c1b-384.avif"


@pytest.fixture
def kept(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "media")


def test_what_is_saved_can_be_opened_replaced_and_deleted(kept: LocalStorage) -> None:
    assert not kept.exists(NAME)
    with pytest.raises(FileNotFoundError):
        kept.open(NAME)
    for data in (b"one", b"another"):
        kept.save(NAME, data)
        assert kept.exists(NAME)
        with kept.open(NAME) as file:
            assert file.read() == data
    assert kept.url(NAME) == f"/media/{NAME}"
    kept.delete(NAME)
    kept.delete(NAME)
    assert not kept.exists(NAME)


def test_a_folder_is_no_file(kept: LocalStorage) -> None:
    kept.save(NAME, b"one")
    kept.save("plain", b"one")
    for name in ("characters", "characters/amani", "plain/more"):
        assert not kept.exists(name)
        with pytest.raises(FileNotFoundError):
            kept.open(name)


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "/", "../secret-key", "characters/../../secret-key", "characters/..", "a/./b",
        "/etc/passwd", "//etc/passwd", "characters//amani", "characters/", ".hidden", "a/.part",
        "a\\..\\b", "a/b\0.webp", "a\n", "a.webp\n", "a b", "Ä", "A", "a.b.c", "a..webp", "a%2f..",
        "~root", "a" * 200, "a/b/c/d/e/f",
    ],
)  # fmt: skip
def test_names_lead_nowhere_else(kept: LocalStorage, name: str) -> None:
    (kept.root.parent / "secret-key").write_text("secret")
    kept.root.mkdir()
    before = sorted(kept.root.parent.rglob("*"))
    for call in (kept.open, kept.exists, kept.delete, kept.url):
        with pytest.raises(ValueError, match="not a name"):
            call(name)
    with pytest.raises(ValueError, match="not a name"):
        kept.save(name, b"data")
    assert sorted(kept.root.parent.rglob("*")) == before


def test_a_write_that_breaks_off_leaves_what_was_there(
    kept: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.save(NAME, b"whole")

    def broken(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", broken)
        with pytest.raises(OSError, match="No space"):
            kept.save(NAME, b"never seen by anybody")
    with kept.open(NAME) as file:
        assert file.read() == b"whole"
    assert [path.name for path in kept.root.rglob("*") if path.is_file()] == [Path(NAME).name]


def test_readers_see_one_whole_file_or_the_other(kept: LocalStorage) -> None:
    texts = [bytes([letter]) * 200_000 for letter in b"ab"]
    kept.save(NAME, texts[0])
    over = threading.Event()

    def write() -> None:
        for number in range(150):
            kept.save(NAME, texts[number % 2])
        over.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while not over.is_set():
        with kept.open(NAME) as file:
            seen.add(file.read())
    writer.join()
    assert seen <= set(texts)
