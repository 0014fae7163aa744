"""How often a page asks the database: at most six times, however much it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from fantooo.extensions import db
from fantooo.queries import sessions
from tests.integration.cast import Cast
from tests.support import factories

MOST = 6
PAGES = [
    ("anonymous", "/discover"),
    ("owner", "/discover"),
    ("owner", "/discover?q=night+owl&sort=rating&age_from=20"),
    ("owner", "/discover?q=zzzzqqq&style=playful&age_from=40"),
    ("owner", "/favorites"),
    ("anonymous", "/profile/{published}"),
    ("owner", "/profile/{published}"),
    ("owner", "/chats"),
    ("owner", "/chat/{chat}"),
    ("owner", "/me"),
    ("holder", "/operator/waiting"),
    ("holder", "/operator/chat/{chat}"),
    ("admin", "/admin/dashboard"),
]


#: who asks; the settings, which each process reads once in five seconds; that staff have read; and
#: that a user is here, which is noted once a minute
BESIDE = (
    "set_config('role'", "FROM system_settings", "INSERT INTO security_audit_log",
    "active_stretches", "clock_timestamp()",
)  # fmt: skip


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Collects every statement but those of ``BESIDE``."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not any(part in statement for part in BESIDE):
            asked.append(statement)

    real = sessions.call_function

    def call(engine: Any, sql: str, parameters: Any) -> Any:
        asked.append(sql)
        return real(engine, sql, parameters)

    event.listen(db.engine, "before_cursor_execute", note)
    with monkeypatch.context() as patched:
        patched.setattr(sessions, "call_function", call)
        yield asked
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("actor", "path"), PAGES)
def test_a_page_asks_seldom(
    still_cast: Cast, monkeypatch: pytest.MonkeyPatch, actor: str, path: str
) -> None:
    url = path.format(chat=still_cast.chat, published=still_cast.world.published)
    browser = still_cast.browser(actor)
    # What each process keeps for some seconds (the team, the filters' choices) is read by then.
    browser.get(url)
    with counting(monkeypatch) as asked:
        assert browser.get(url).status_code == 200
    assert 0 < len(asked) <= MOST, "\n".join(asked)


@pytest.mark.parametrize(
    ("actor", "path"),
    [("owner", "/chats"), ("anonymous", "/discover"), ("holder", "/operator/waiting")],
)
def test_more_rows_ask_no_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, actor: str, path: str
) -> None:
    browser = cast.browser(actor)
    browser.get(path)
    with counting(monkeypatch) as few:
        browser.get(path)
    for _ in range(4):
        chat_id = factories.open_chat(cast.world.anna)
        factories.send(cast.world.anna, chat_id)
    factories.change_operator(cast.world.olga, max_concurrent_chats=9)
    browser.get(path)
    with counting(monkeypatch) as many:
        browser.get(path)
    assert len(many) == len(few)
