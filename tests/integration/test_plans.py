"""How the hottest queries are answered on large data: by index, without sorting many rows.

Each statement of the pages is explained as its viewer's role, on the way to being run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event

from bench import data
from fantooo.domain.finding import SORTS, Wishes
from fantooo.domain.viewer import Viewer
from fantooo.extensions import db
from fantooo.infra.database import acting_as
from fantooo.queries import characters, chats, composer, finding, inbox, operators, people
from tests.conftest import _end, _make_app
from tests.support import factories
from tests.support.cluster import Place

SIZE = data.Size(characters=4_000, users=3_000, operators=20, chats=15_000, messages=150_000)
#: a table of fewer rows may be read whole
LARGE = 1_000


class Bed:
    """The large database, somebody who chats in it and somebody who answers."""

    def __init__(self, app: Flask, superuser: psycopg.Connection) -> None:
        self.app = app
        self.superuser = superuser
        self.large = {
            str(row[0])
            for row in superuser.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", (LARGE,)
            )
        }
        row = superuser.execute(
            "SELECT real_user_id, id, fictional_user_id FROM chats"
            " ORDER BY message_count DESC, id LIMIT 1"
        ).fetchone()
        assert row
        self.user = Viewer(role="user", account_id=row[0])
        self.chat, self.character = row[1], row[2]
        self.full = [
            row[0]
            for row in superuser.execute("SELECT id FROM fictional_users ORDER BY id LIMIT 30")
        ]
        # Words of the generator are each in a great part of the profiles; these are not.
        for work, first in (("Kilimanjaro trekker", 0), ("Beekeeper", 1)):
            superuser.execute(
                "UPDATE fictional_users SET occupation = %s WHERE id IN (SELECT id FROM fictional_users"
                " ORDER BY id OFFSET %s LIMIT 20)",
                (work, first * 20),
            )
        superuser.execute("VACUUM (ANALYZE) fictional_users")
        self.operator = factories.operator(max_chats=50)
        superuser.execute(
            "UPDATE chats SET assigned_operator_id = %s, assignment_time = now(), assignment_count = 2,"
            " status = 'idle', closed_at = NULL, close_reason = NULL"
            " WHERE id IN (SELECT id FROM chats WHERE id = %s UNION"
            " (SELECT id FROM chats ORDER BY id LIMIT 20))",
            (self.operator.account_id, self.chat),
        )


@pytest.fixture(scope="module")
def bed(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    name = place.clone()
    with place.connect(name) as superuser:
        data.grow(superuser, SIZE)
        app = _make_app(place, name, tmp_path_factory.mktemp("plans"))
        with app.app_context():
            yield Bed(app, superuser)
        _end(app)
    place.drop(name)


@contextmanager
def explained(viewer: Viewer) -> Iterator[list[tuple[str, Any]]]:
    """Collects each statement with its plan, as ``viewer``."""
    plans: list[tuple[str, Any]] = []

    def explain(
        _connection: Any, cursor: Any, statement: str, parameters: Any, *_rest: Any
    ) -> None:
        if (
            statement.lstrip().upper().startswith(("SELECT", "WITH"))
            and "set_config" not in statement
        ):
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
            found = cursor.fetchone()[0]
            plans.append((statement, found if isinstance(found, list) else json.loads(found)))

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        with acting_as(viewer):
            yield plans
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)


def nodes(plan: Any) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def faults(bed: Bed, plans: list[tuple[str, Any]]) -> list[str]:
    found = []
    for statement, plan in plans:
        for node in nodes(plan[0]["Plan"]):
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in bed.large:
                found.append(f"reads all of {node['Relation Name']}: {statement[:200]}")
            if "Sort" in node["Node Type"] and node["Plan Rows"] > LARGE:
                found.append(f"sorts {node['Plan Rows']} rows: {statement[:200]}")
    return found


def me(viewer: Viewer) -> UUID:
    assert viewer.account_id
    return viewer.account_id


USER_READS = {
    "the chat": lambda b: chats.get_chat(b.chat),
    "its newest messages": lambda b: chats.window(chats.get_chat(b.chat)),
    "older ones": lambda b: chats.window(
        chats.get_chat(b.chat), before=UUID(chats.window(chats.get_chat(b.chat)).oldest)
    ),
    "what changed": lambda b: chats.changes(
        b.chat, seen=2, oldest=UUID(chats.window(chats.get_chat(b.chat)).oldest)
    ),
    "beside it": lambda b: chats.beside(b.chat, me(b.user)),
    "its price": lambda b: composer.price_basis(b.chat, me(b.user)),
    "the inbox": lambda b: inbox.rows(me(b.user)),
    "what is unread": lambda b: inbox.unread_chats(me(b.user)),
    "the chat with a character": lambda b: chats.chat_with(b.character, me(b.user)),
    "whom one looks for": lambda b: people.seeker(me(b.user)),
    "oneself": lambda b: people.own_profile(me(b.user)),
    "a profile": lambda b: characters.get(b.character),
    "favourites": lambda b: finding.favorites(me(b.user)),
    "recently viewed": lambda b: finding.recently_viewed(me(b.user)),
}
OPERATOR_READS = {
    "the desk's chat": lambda b: chats.get_chat(b.chat),
    "the desk": lambda b: people.desk(chats.get_chat(b.chat), me(b.operator)),
    "the desk's messages": lambda b: chats.window(chats.get_chat(b.chat)),
    "chats in hand": lambda b: operators.held(me(b.operator)),
    "the next one": lambda b: operators.next_waiting(me(b.operator), but=b.chat),
    "today": lambda b: operators.today(me(b.operator)),
    "the queue": lambda _b: operators.queue(),
}


@pytest.mark.parametrize("read", USER_READS)
def test_what_users_read(bed: Bed, read: str) -> None:
    with explained(bed.user) as plans:
        USER_READS[read](bed)
    assert plans
    assert faults(bed, plans) == []


@pytest.mark.parametrize("read", OPERATOR_READS)
def test_what_operators_read(bed: Bed, read: str) -> None:
    with explained(bed.operator) as plans:
        OPERATOR_READS[read](bed)
    assert plans
    assert faults(bed, plans) == []


# Finding a character: each wish alone, each pair of wishes, each order, with words and without.

WISHES: dict[str, dict[str, Any]] = {
    "gender": {"gender": "female"},
    "rare gender": {"gender": "other"},
    "age": {"age_from": 25, "age_to": 30},
    "from age": {"age_from": 40},
    "style": {"style": "playful"},
    "category": {"category": "fun"},
    "place": {"place": "Lamu"},
    "tag": {"tags": ("sea",)},
    "tags": {"tags": ("sea", "salt")},
    "interest": {"interests": ("coffee",)},
    "featured": {"featured": True},
    "online": {"online": True},
    "nothing there is": {"place": "Atlantis", "tags": ("unicorn",)},
}
#: words that tell some characters from others; one that many of them have is found by reading all
WORDS = {
    "a word": "kilimanjaro",
    "two words": "kilimanjaro trekker",
    "words that nobody has all of": "kilimanjaro beekeeper",
    "a misspelt word": "kilimanjraro",
    "a beginning": "kiliman",
}


def looks_for(bed: Bed, **wished: Any) -> list[str]:
    """The faults of a user's first page with ``wished``, and of the page behind it."""
    wishes = Wishes(**wished)
    full = frozenset(bed.full)
    with explained(bed.user) as plans:
        first = finding.find(wishes, full=full)
        if first.following:
            finding.find(wishes, full=full, after=first.following, count=False)
    assert plans
    return faults(bed, plans)


@pytest.mark.parametrize("wish", WISHES)
def test_what_is_wished_for(bed: Bed, wish: str) -> None:
    found = {order: looks_for(bed, **WISHES[wish], sort=order) for order in SORTS}
    assert {order: wrong for order, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("wish", WISHES)
def test_what_is_wished_for_beside_another_wish(bed: Bed, wish: str) -> None:
    others = [other for other in WISHES if not WISHES[other].keys() & WISHES[wish].keys()]
    orders = list(SORTS)
    found = {
        f"{other}, {order}": looks_for(bed, **WISHES[wish] | WISHES[other], sort=order)
        for number, other in enumerate(others)
        # Each pair in two of the orders: it comes twice, once from each side.
        for order in (orders[number % len(orders)], orders[(number + 1) % len(orders)])
    }
    assert {what: wrong for what, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("text", WORDS)
def test_what_is_searched_for(bed: Bed, text: str) -> None:
    found = {
        f"{wish}, {order}": looks_for(bed, text=WORDS[text], sort=order, **WISHES.get(wish, {}))
        for number, wish in enumerate(("", *WISHES))
        for order in (list(SORTS) if not wish else [list(SORTS)[number % len(SORTS)]])
    }
    assert {what: wrong for what, wrong in found.items() if wrong} == {}


# What functions of the database do shows in no plan of the statement that calls them.


@contextmanager
def reading_no_large_table_whole(bed: Bed) -> Iterator[None]:
    """What happens inside may read large tables by their indexes only, also within functions."""

    def rows_read() -> dict[str, int]:
        # A session's own counts are told when it ends a statement, not at once.
        bed.superuser.execute("SELECT pg_stat_force_next_flush()")
        return {
            str(name): int(rows)
            for name, rows in bed.superuser.execute(
                "SELECT relname, seq_tup_read FROM pg_stat_user_tables"
            )
            if name in bed.large
        }

    def end_all_sessions() -> None:
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        db.engine.dispose()

    end_all_sessions()
    before = rows_read()
    yield
    end_all_sessions()
    grown = {name: rows - before[name] for name, rows in rows_read().items()}
    assert {name: rows for name, rows in grown.items() if rows} == {}


def test_sending_reads_no_table_whole(bed: Bed) -> None:
    user = factories.user(credits=100)
    chat = factories.open_chat(user, bed.character)
    with reading_no_large_table_whole(bed):
        for number in range(10):
            factories.send(user, chat, f"line {number}")


@pytest.mark.parametrize(
    "wished",
    [
        {"text": "kilimanjaro"},
        {"text": "kilimanjraro trekker"},
        {"tags": ("unicorn",)},
        {"interests": ("bees",), "text": "beekeeper"},
    ],
    ids=str,
)
def test_finding_reads_no_table_whole(bed: Bed, wished: dict[str, Any]) -> None:
    with acting_as(bed.user), reading_no_large_table_whole(bed):
        for _ in range(10):
            finding.find(Wishes(**wished))


def test_a_plan_that_reads_everything_is_found(bed: Bed) -> None:
    with explained(bed.user) as plans:
        db.session.connection().exec_driver_sql(
            "SELECT count(*) FROM fictional_users WHERE bio <> ''"
        )
    assert faults(bed, plans)
