"""A forgotten WHERE shows nobody else's rows, and no identity stays on a connection of the pool."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, exc, select

from fantooo.domain.viewer import ANONYMOUS, SYSTEM, Viewer
from fantooo.extensions import db
from fantooo.infra.database import acting_as
from fantooo.models import Account, Base
from fantooo.services import accounts
from tests.integration import world as worlds
from tests.integration.test_access_matrix import COLUMNS, MATRIX, OWN, ROLES
from tests.support import factories
from tests.support.cluster import Place

REQUESTS, THREADS = 5000, 8
_QUOTE = re.compile(r'name="quote" value="([^"]+)"')

pytestmark = pytest.mark.fresh_db


def _name(app: Flask) -> str:
    return str(app.config["SETTINGS"].database_url.split("@/")[1].split("?")[0])


def _expected(connection: psycopg.Connection, table: str, key: str, where: str) -> Counter[str]:
    rows = connection.execute(f"SELECT {key} FROM {table} WHERE {where}").fetchall()  # type: ignore[arg-type]
    return Counter(str(row[0]) for row in rows)


def _key(table: str, allowed: list[str]) -> str:
    """A column that tells rows apart and may be read."""
    key = next(iter(Base.metadata.tables[table].primary_key.columns)).name
    return key if not allowed or key in allowed else allowed[0]


def test_a_query_without_its_where_shows_only_what_is_ones_own(app: Flask, place: Place) -> None:
    """Every model and viewer, through the ORM, in turn on the same connections."""
    models = {m.class_.__table__.name: m.class_ for m in Base.registry.mappers}
    assert set(models) == set(MATRIX)
    with place.connect(_name(app)) as connection:
        world = worlds.build(connection)
        viewers = [
            ANONYMOUS, world.anna, world.ben, world.olga, world.otto, world.admin, SYSTEM,
        ]  # fmt: skip
        seen = refused = narrowed = 0
        for table, model in models.items():
            for viewer in viewers:
                role = viewer.database_role.removeprefix("fantooo_")
                cell = MATRIX[table][ROLES.index(role) - 1].split()
                reading = [word for word in cell if word[0] in "Ss"]
                allowed = COLUMNS.get((table, role, "S"), "").split()
                columns = [getattr(model, name) for name in allowed] or [model]
                with acting_as(viewer):
                    if not reading:
                        with pytest.raises(exc.ProgrammingError, match="permission denied"):
                            db.session.execute(select(model)).all()
                        refused += 1
                        continue
                    found = db.session.execute(select(*columns)).all()
                    # While it may still be read: a rolled back row would be read anew.
                    key = _key(table, allowed)
                    ids = Counter(str(getattr(row if allowed else row[0], key)) for row in found)
                where = "true"
                if reading[0][0] == "s":
                    where = OWN[table, role].replace("{me}", f"'{viewer.account_id}'")
                    narrowed += 1
                assert ids == _expected(connection, table, key, where), (table, viewer)
                seen += 1
    print(f"\n[leaks] {seen} reads without WHERE, {narrowed} of them narrowed, {refused} refused")
    assert seen > 60 and refused > 40 and narrowed > 20


def test_what_is_written_without_its_where_stays_ones_own(app: Flask, place: Place) -> None:
    """An UPDATE and a DELETE of everything reach one's own rows."""
    from sqlalchemy import delete, update

    from fantooo.models import Chat, MessageDraft, Operator

    with place.connect(_name(app)) as connection:
        world = worlds.build(connection)
        with acting_as(world.anna):
            changed = db.session.execute(update(Chat).values(event_seq=Chat.event_seq + 1))
            assert changed.rowcount == 1  # type: ignore[attr-defined]
            gone = db.session.execute(delete(MessageDraft))
            assert gone.rowcount == 1  # type: ignore[attr-defined]
            db.session.commit()
        with acting_as(world.olga):
            changed = db.session.execute(update(Operator).values(auto_next=False))
            assert changed.rowcount == 1  # type: ignore[attr-defined]
            db.session.commit()
        for viewer in (world.anna, world.olga, world.admin, ANONYMOUS):
            with (
                acting_as(viewer),
                pytest.raises(exc.ProgrammingError, match="permission denied"),
            ):
                db.session.execute(delete(Chat))
        left = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE chat_id = %s) FROM message_drafts",
            (world.bens,),
        ).fetchone()
    # Anna's is gone; Ben's and both operators' are there.
    assert left == (3, 2)


# Many people over few connections


@dataclass
class Actor:
    """Somebody signed in: the words only they may meet, and what they ask for."""

    name: str
    token: str
    own: set[str]
    asks: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, marker it holds
    statuses: Counter[int] = field(default_factory=Counter)


class Pool:
    """Watches every connection that comes back: it must be nobody's."""

    def __init__(self, app: Flask) -> None:
        self.left: list[tuple[Any, ...]] = []
        self.checked = 0
        self.pids: set[int] = set()
        event.listen(db.engine, "checkin", self._look)

    def _look(self, connection: Any, record: Any) -> None:
        if connection is None or connection.closed:
            return
        row = connection.execute(
            "SELECT current_setting('role'), coalesce(current_setting('app.account_id', true), ''),"
            " current_user, pg_backend_pid()"
        ).fetchone()
        connection.rollback()
        self.checked += 1
        self.pids.add(row[3])
        if row[:3] != ("none", "", "fantooo_app"):
            self.left.append(row)

    def end(self) -> None:
        event.remove(db.engine, "checkin", self._look)


@pytest.fixture
def shared(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An application with two connections, and four more at the worst."""
    made = make_app(database_pool_size=2)
    with made.app_context():
        yield made


def _token(viewer: Viewer) -> str:
    with acting_as(SYSTEM):
        login = db.session.scalars(
            select(Account.login).where(Account.id == viewer.account_id)
        ).one()
    return accounts.sign_in(login, factories.PASSWORD, viewer.role).token


def _cast() -> tuple[list[Actor], set[str]]:
    """Six users, three operators, an admin and a passer-by; every word that is somebody's own."""
    character = factories.character()
    users = [factories.user(500, username=f"Person{n}{uuid4().hex[:6]}") for n in range(6)]
    operators = [
        factories.operator(available=True, max_chats=2, name=f"Op{uuid4().hex[:8]}")
        for _ in range(3)
    ]
    chats: dict[UUID, UUID] = {}
    words: dict[UUID, set[str]] = {}
    for viewer in users:
        assert viewer.account_id
        chat_id = factories.open_chat(viewer, character)
        secret = f"secret{uuid4().hex[:10]}"
        factories.send(viewer, chat_id, f"I only say {secret}")
        chats[viewer.account_id] = chat_id
        words[viewer.account_id] = {secret, str(chat_id), viewer.name}
    held = {
        row.id: row.assigned_operator_id
        for row in _rows("SELECT id, assigned_operator_id FROM chats")
    }
    assert None not in held.values()
    everything = set().union(*words.values())
    cast = []
    for viewer in users:
        assert viewer.account_id
        mine = chats[viewer.account_id]
        secret = next(word for word in words[viewer.account_id] if word.startswith("secret"))
        foreign = [chat for chat in chats.values() if chat != mine]
        cast.append(
            Actor(viewer.name, _token(viewer), words[viewer.account_id], [
                ("GET", "/chats", str(mine)),
                ("GET", f"/chat/{mine}", secret),
                ("GET", f"/chat/{mine}/changes?seen=0&oldest=", secret),
                ("GET", "/me", viewer.name),
                ("GET", "/chats/unread", ""),
                ("GET", "/discover", ""),
                ("PUT", f"/chat/{mine}/draft", ""),
                ("SEND", f"/chat/{mine}", secret),
                ("GET", f"/chat/{foreign[0]}", "404"),
                ("GET", f"/chat/{foreign[1]}/changes?seen=0&oldest=", "404"),
                ("GET", f"/operator/chat/{mine}", "403"),
            ])
        )  # fmt: skip
    for number, operator in enumerate(operators):
        mine_now = [chat for chat, holder in held.items() if holder == operator.account_id]
        others = [chat for chat in held if chat not in mine_now]
        own = set().union(*(words[user] for user, chat in chats.items() if chat in mine_now))
        cast.append(
            Actor(f"operator {number}", _token(operator), own, [
                ("GET", "/operator/waiting", ""),
                ("GET", "/operator/held", str(mine_now[0])),
                ("GET", "/operator/queue", ""),
                ("GET", f"/operator/chat/{mine_now[0]}", str(mine_now[0])),
                ("GET", f"/operator/chat/{mine_now[1]}/changes?seen=0&oldest=", str(mine_now[1])),
                ("GET", f"/operator/chat/{others[0]}", "404"),
                ("GET", f"/operator/chat/{others[1]}/changes?seen=0&oldest=", "404"),
                ("GET", f"/chat/{mine_now[0]}", "403"),
            ])
        )  # fmt: skip
    some = next(iter(chats.values()))
    cast.append(
        Actor("admin", _token(factories.admin()), set(), [
            ("GET", "/admin/dashboard", ""),
            ("GET", "/admin/dashboard/tiles", ""),
            ("GET", f"/chat/{some}", "403"),
        ])
    )  # fmt: skip
    cast.append(
        Actor("nobody", "", set(), [
            ("GET", "/discover", ""),
            ("GET", f"/profile/{character}", ""),
            ("GET", "/login", ""),
            ("GET", "/chats", "401"),
            ("GET", f"/chat/{some}", "401"),
            ("GET", "/admin/dashboard", "401"),
        ])
    )  # fmt: skip
    return cast, everything


def _rows(sql: str) -> list[Any]:
    from sqlalchemy import text

    from fantooo.infra.unit_of_work import unit_of_work

    with unit_of_work(as_system=True) as work:
        return list(work.session.execute(text(sql)).all())


def _client(app: Flask, actor: Actor) -> FlaskClient:
    client = app.test_client()
    if actor.token:
        with client.session_transaction() as mine:
            mine["_user_id"], mine["_fresh"] = actor.token, True
    return client


def _ask(client: FlaskClient, method: str, path: str, words: str) -> tuple[Any, int]:
    """The answer to look at, and how many requests it took."""
    headers = {"Accept": "application/json"} if "changes" in path else {"Accept": "text/html"}
    if method == "SEND":
        quote = _QUOTE.search(client.get(path).text)
        assert quote
        form = {"content": f"Again: {words}", "client_id": str(uuid4()), "quote": quote.group(1)}
        client.post(f"{path}/messages", data=form, headers={"Accept": "application/json"})
        return client.get(path), 3
    data = {"content": "half a thought"} if method == "PUT" else None
    return client.open(path, method=method, data=data, headers=headers), 1


def test_5000_mixed_requests_leak_no_identity(shared: Flask) -> None:
    cast, everything = _cast()
    for actor in cast:
        assert len(everything - actor.own) >= 3
    db.session.remove()
    pool = Pool(shared)
    faults: list[str] = []
    done = Counter[str]()
    lock = threading.Lock()

    def work(seed: int) -> None:
        choose = random.Random(seed)
        clients = [(actor, _client(shared, actor)) for actor in cast]
        asked = 0
        while asked < REQUESTS // THREADS:
            actor, client = choose.choice(clients)
            method, path, marker = choose.choice(actor.asks)
            if method == "SEND" and choose.random() > 0.1:
                continue  # a page of few messages is drawn sooner, and holds the same secret
            try:
                answer, requests = _ask(client, method, path, marker)
            except Exception as error:  # noqa: BLE001
                faults.append(f"{actor.name} {path}: {error!r}")
                return
            text = answer.text
            # A refused address may be repeated by its own page; nothing else of others may be there.
            strange = [word for word in everything - actor.own if word in text and word not in path]
            if strange:
                faults.append(f"{actor.name} {path} saw {strange}")
            allowed = {"404": (404,), "403": (403,), "401": (302, 401)}.get(marker, (200, 204))
            if answer.status_code not in allowed:
                faults.append(f"{actor.name} {path}: {answer.status_code}")
            elif marker and marker not in ("404", "403", "401") and marker not in text:
                faults.append(f"{actor.name} {path} lacks its own {marker}")
            asked += requests
            with lock:
                done[actor.name] += requests

    threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)
    pool.end()
    assert not any(thread.is_alive() for thread in threads)
    assert faults == [], (len(faults), faults[:5])
    assert sum(done.values()) >= REQUESTS and len(done) == len(cast)
    assert pool.left == [], pool.left[:3]
    # What is above the pool's size is closed when it comes back, and opened anew when needed.
    assert len(pool.pids) < REQUESTS // 100 and pool.checked > REQUESTS // 2
    print(
        f"\n[leaks] {sum(done.values())} requests of {len(cast)} people over {len(pool.pids)} connections,"
        f" given back {pool.checked} times: 0 leaks, 0 identities left"
    )
