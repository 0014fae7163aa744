"""The simulator's memory: records as JSON in one SQLite file, so that a restart forgets nothing."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Record = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT,
    due REAL,
    body TEXT NOT NULL,
    UNIQUE (kind, name)
);
CREATE INDEX IF NOT EXISTS records_due ON records (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_kind ON records (kind, id);
"""
#: ids look like a provider's, and are never given twice, not even after ``forget``
_FIRST_ID = 4_000_000


class NameTaken(Exception):
    """Another record of that kind has the name."""


class Store:
    """Records of several kinds. Each has ``id`` and ``due`` (seconds since the epoch, or None)."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        with self.work():
            if not self._db.execute("SELECT 1 FROM sqlite_sequence").fetchone():
                self._db.execute("INSERT INTO sqlite_sequence VALUES ('records', ?)", (_FIRST_ID,))

    @contextmanager
    def work(self) -> Iterator[None]:
        """All or nothing, and one at a time; may be nested."""
        with self._lock:
            self._depth += 1
            if self._depth == 1:
                self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._db.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._db.execute("COMMIT")
            finally:
                self._depth -= 1

    def close(self) -> None:
        """Closes the file; what was written stays."""
        with self._lock:
            self._db.close()

    def add(self, kind: str, body: Record, *, name: str | None = None) -> Record:
        """Keeps a new record. Raises ``NameTaken``."""
        record = {"due": None, **body}
        with self.work():
            try:
                made = self._db.execute(
                    "INSERT INTO records (kind, name, due, body) VALUES (?, ?, ?, ?)",
                    (kind, name, record["due"], json.dumps(record)),
                )
            except sqlite3.IntegrityError as error:
                raise NameTaken(name) from error
        return {**record, "id": made.lastrowid}

    def save(self, record: Record) -> None:
        """Keeps what was changed in a record; one that was forgotten meanwhile stays forgotten."""
        with self.work():
            self._db.execute(
                "UPDATE records SET due = ?, body = ? WHERE id = ?",
                (record["due"], json.dumps(record), record["id"]),
            )

    def remove(self, record: Record) -> None:
        """Forgets one record."""
        with self.work():
            self._db.execute("DELETE FROM records WHERE id = ?", (record["id"],))

    def get(self, kind: str, number: int) -> Record | None:
        """The record of that id."""
        return self._one("SELECT id, body FROM records WHERE kind = ? AND id = ?", kind, number)

    def named(self, kind: str, name: str) -> Record | None:
        """The record of that name."""
        return self._one("SELECT id, body FROM records WHERE kind = ? AND name = ?", kind, name)

    def all(self, kind: str) -> list[Record]:
        """All records of a kind, oldest first."""
        return self._many("SELECT id, body FROM records WHERE kind = ? ORDER BY id", kind)

    def due(self, kind: str, now: float) -> list[Record]:
        """Records whose time has come, the earliest first."""
        return self._many(
            "SELECT id, body FROM records WHERE kind = ? AND due <= ? ORDER BY due, id", kind, now
        )

    def next_due(self) -> float | None:
        """When the next record of any kind is due."""
        with self._lock:
            found = self._db.execute("SELECT min(due) FROM records WHERE due IS NOT NULL")
            earliest: float | None = found.fetchone()[0]
        return earliest

    def forget(self) -> None:
        """Removes all records."""
        with self.work():
            self._db.execute("DELETE FROM records")

    def _one(self, query: str, *values: object) -> Record | None:
        found = self._many(query, *values)
        return found[0] if found else None

    def _many(self, query: str, *values: object) -> list[Record]:
        with self._lock:
            rows = self._db.execute(query, values).fetchall()
        return [{**json.loads(body), "id": number} for number, body in rows]
