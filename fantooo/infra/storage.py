"""Where media are kept: a small interface, and the local disk behind it.

Names are paths of plain words such as ``characters/amani/0-3f9a2c1b-384.avif``. A name's content
never changes, so it may be cached for ever. Media are ours or made anew by us: nothing that somebody
sent is kept as it came.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

from flask import current_app

#: below which the web server, or the proxy before it, serves the public ones
ADDRESS = "/media"
_NAME = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,79}/){0,4}[a-z0-9][a-z0-9-]{0,79}(?:\.[a-z0-9]{1,8})?")


class Storage(Protocol):
    """What every storage can. Each call raises ``ValueError`` for what is no name."""

    def save(self, name: str, data: bytes) -> None:
        """Keeps ``data`` under ``name``; readers see all of it or what was there before."""

    def open(self, name: str) -> BinaryIO:
        """The file, to be closed by the caller. Raises ``FileNotFoundError``."""

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""

    def delete(self, name: str) -> None:
        """Removes the file, if it is there."""

    def clear(self, folder: str) -> None:
        """Removes all there is in a folder, half-written files too."""

    def holds(self, folder: str) -> bool:
        """Whether there is anything in a folder."""

    def url(self, name: str) -> str:
        """The address at which browsers find it."""


@dataclass(frozen=True)
class LocalStorage:
    """Files below ``root``."""

    root: Path

    def save(self, name: str, data: bytes) -> None:
        """Writes a file beside the wanted one, then gives it the name: never half a file."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{uuid4().hex}.part")
        try:
            unfinished.write_bytes(data)
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def open(self, name: str) -> BinaryIO:
        """The file, to be closed by the caller. Raises ``FileNotFoundError``."""
        path = self._path(name)
        try:
            return path.open("rb")
        except (IsADirectoryError, NotADirectoryError) as error:
            raise FileNotFoundError(name) from error

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return self._path(name).is_file()

    def delete(self, name: str) -> None:
        """Removes the file, if it is there."""
        self._path(name).unlink(missing_ok=True)

    def clear(self, folder: str) -> None:
        """Removes all there is in a folder, half-written files too."""
        path = self._path(folder)
        if path.is_dir():
            shutil.rmtree(path)

    def holds(self, folder: str) -> bool:
        """Whether there is anything in a folder."""
        return any(each.is_file() for each in self._path(folder).rglob("*"))

    def url(self, name: str) -> str:
        """The address at which browsers find it."""
        return f"{ADDRESS}/{_checked(name)}"

    def _path(self, name: str) -> Path:
        return self.root / _checked(name)


def media() -> Storage:
    """The storage of this application."""
    kept: Storage | None = current_app.extensions.get("fantooo_storage")
    if kept is None:
        kept = LocalStorage(current_app.config["SETTINGS"].media_dir)
        current_app.extensions["fantooo_storage"] = kept
    return kept


def _checked(name: str) -> str:
    # Letters, digits and dashes only: no way up, no absolute path, no hidden or unfinished file.
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name of media: {name!r}")
    return name
