"""What monitors and load balancers are told, and what ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from fantooo.infra import redis
from fantooo.infra.storage import LocalStorage
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import (
    CreditPackage,
    FictionalUser,
    JobRun,
    Operator,
    PromoCode,
    RealUser,
)
from fantooo.services import checks, expiry
from tests.support import factories

OUTSIDE = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}


@pytest.fixture
def working(app: Flask) -> Flask:
    """Worker and scheduler have just done their round."""
    with unit_of_work(as_system=True) as work:
        now = datetime.now(UTC)
        work.session.add(JobRun(name="silence_sweep", due_at=now, status="done", finished_at=now))
    return app


def test_healthy(working: Flask, client: FlaskClient) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json == {"status": "healthy", "checks": dict.fromkeys(checks.FOR_HEALTH, True)}


def test_without_timed_work_it_is_degraded_but_the_web_is_ready(
    app: Flask, client: FlaskClient
) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json["status"]) == (503, "degraded")
    assert [name for name, fine in answer.json["checks"].items() if not fine] == ["jobs"]
    web = client.get("/health/ready?for=web")
    assert (web.status_code, web.json["status"]) == (200, "healthy")


def test_old_timed_work_does_not_count(app: Flask) -> None:
    with unit_of_work(as_system=True) as work:
        then = datetime.now(UTC) - timedelta(minutes=3)
        work.session.add(JobRun(name="silence_sweep", due_at=then, status="done", finished_at=then))
    assert checks.problem_with("jobs")


@pytest.mark.parametrize("query", ["", "?for=web"])
def test_without_redis_it_is_unhealthy(make_app: Callable[..., Flask], query: str) -> None:
    app = make_app(redis_url="redis://127.0.0.1:1/0")
    answer = app.test_client().get(f"/health/ready{query}")
    assert (answer.status_code, answer.json["status"]) == (503, "unhealthy")
    assert answer.json["checks"]["redis"] is False
    assert answer.json["checks"]["database"] is True


def test_frames_that_do_not_come_back_are_noticed(
    working: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis.client(), "publish", lambda *_: 0)
    assert checks.problem_with("realtime") == "a published frame did not come back"
    assert client.get("/health/ready").json["status"] == "degraded"


def test_a_place_that_takes_no_files_is_noticed(
    working: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "home"
    in_the_way.write_text("a file where a folder should be")
    monkeypatch.setitem(working.extensions, "fantooo_storage", LocalStorage(in_the_way / "media"))
    assert checks.problem_with("storage").startswith("NotADirectoryError")


def test_details_are_for_those_who_may_see_them(
    make_app: Callable[..., Flask],
) -> None:
    browser = make_app(metrics_token="the-token").test_client()
    assert list(browser.get("/health/ready", **OUTSIDE).json) == ["status"]
    known = {"Authorization": "Bearer the-token"}
    assert list(browser.get("/health/ready", headers=known, **OUTSIDE).json) == ["checks", "status"]


def test_no_answer_tells_of_inner_things(make_app: Callable[..., Flask]) -> None:
    app = make_app(redis_url="redis://127.0.0.1:1/0")
    text = app.test_client().get("/health/ready").get_data(as_text=True)
    assert "Error" not in text
    assert "127.0.0.1" not in text


def test_metrics_tell_how_things_stand(working: Flask, client: FlaskClient) -> None:
    user = factories.user()
    factories.operator(available=False)
    chat = factories.open_chat(user)
    factories.send(user, chat)
    text = client.get("/metrics").get_data(as_text=True)
    lines = dict(
        line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")
    )
    assert lines["fantooo_queue_chats"] == "1.0"
    assert lines["fantooo_operators_available"] == "0.0"
    assert float(lines['fantooo_job_age_seconds{name="silence_sweep"}']) < 60
    assert float(lines["fantooo_partition_months_ahead"]) >= 3
    assert float(lines['fantooo_messages_total{sender="real"}']) >= 1


def test_what_ran_out_ends_and_the_rest_stays(app: Flask) -> None:
    now = datetime.now(UTC)
    over, ahead = now - timedelta(seconds=1), now + timedelta(hours=1)
    users = [factories.user() for _ in range(3)]
    operators = [factories.operator() for _ in range(3)]
    characters = [factories.character() for _ in range(3)]
    with unit_of_work(as_system=True) as work:
        for until, user, operator, character in zip(
            (over, ahead, None), users, operators, characters, strict=True
        ):
            for model, key, values in (
                (RealUser, user.account_id, {"is_banned": True, "banned_until": until}),
                (Operator, operator.account_id, {"is_suspended": True, "suspended_until": until}),
                (FictionalUser, character, {"is_featured": True, "featured_until": until}),
            ):
                work.session.execute(update(model).where(model.id == key).values(**values))
    began = now - timedelta(days=1)
    for until in (over, ahead, None):
        factories.package(valid_from=began, valid_until=until)
        factories.promo(valid_from=began, valid_until=until)
    for until in (over, ahead):
        factories.package(discount_percentage=10, discount_until=until)
    assert expiry.end_what_ran_out() == expiry.Ended(
        1, 1, 1, packages=1, discounts=1, promo_codes=1
    )
    assert expiry.end_what_ran_out() == expiry.Ended(0, 0, 0)
    with unit_of_work(as_system=True) as work:
        shown = work.session.scalars(select(CreditPackage.discount_percentage)).all()
        assert sorted(shown, key=str) == [10, None, None, None, None]
        for model in (CreditPackage, PromoCode):
            on = work.session.scalars(
                select(model.is_active).where(model.valid_from == began)
            ).all()
            assert sorted(on) == [False, True, True]
    with unit_of_work(as_system=True) as work:
        left = [
            (
                work.session.get_one(RealUser, u.account_id).is_banned,
                work.session.get_one(Operator, o.account_id).is_suspended,
                work.session.get_one(FictionalUser, c).is_featured,
            )
            for u, o, c in zip(users, operators, characters, strict=True)
        ]
    assert left == [(False,) * 3, (True,) * 3, (True,) * 3]
