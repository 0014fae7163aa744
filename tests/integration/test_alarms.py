"""What admins are told when many purchases fail, or much goes back; and how packages convert."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from fantooo.domain.pricing import EAT
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import RealUser, Transaction
from fantooo.queries import shop_admin
from fantooo.services import alarms, derived, message_refunds, outbox, packages, payments
from tests.conftest import Clock
from tests.support import factories


def told(superuser: psycopg.Connection) -> list[tuple[str, str]]:
    outbox.deliver()
    return superuser.execute(
        "SELECT type, message FROM admin_notifications ORDER BY created_at, type"
    ).fetchall()


def fail(superuser: psycopg.Connection, account: UUID, at: datetime, reason: str) -> None:
    made = factories.purchase(account, paid=False)
    superuser.execute(
        "UPDATE transactions SET status = 'failed', failure_reason = %s, failed_at = %s WHERE id = %s",
        (reason, at, made),
    )


def test_five_failures_in_ten_minutes(
    app: Flask, clock: Clock, superuser: psycopg.Connection
) -> None:
    now = datetime(2026, 3, 12, 9, 5, tzinfo=UTC)
    clock.set(now)
    anna = factories.user().account_id
    assert anna
    for minutes, reason in (
        *((0, "declined"), (3, "declined"), (9, "unreachable"), (9.9, "refused")),
        # Too long ago, or nobody's fault.
        *((10, "declined"), (1, "abandoned"), (1, "expired")),
    ):
        fail(superuser, anna, now - timedelta(minutes=minutes), reason)
    assert alarms.watch() == 0
    fail(superuser, anna, now - timedelta(minutes=1), "declined")
    assert alarms.watch() == 1
    outbox.deliver()
    superuser.execute("UPDATE admin_notifications SET resolved_at = now()")
    assert alarms.watch() == 0, "also once somebody has dealt with it"
    words = ("payment_failed", "5 purchases failed within ten minutes.")
    assert told(superuser) == [words], "one alarm, however often it is looked"
    clock.forward(minutes=10, seconds=1)
    assert alarms.watch() == 0


def test_a_failure_that_was_paid_all_the_same_does_not_count(
    app: Flask, superuser: psycopg.Connection
) -> None:
    """A late success takes the time of the failure away."""
    anna = factories.user().account_id
    assert anna
    made = factories.purchase(anna, paid=False)
    with unit_of_work(as_system=True) as work:
        bought = work.session.get_one(Transaction, made)
        payments.fail(work, bought, "declined")
        assert bought.failed_at is not None
        wallet = work.session.get_one(RealUser, anna)
        payments._credit(work, wallet, bought, [])
        assert bought.failed_at is None


@pytest.mark.parametrize(
    ("charged", "given_back", "raised"), [(100, 5, 0), (100, 6, 1), (99, 9, 0)]
)
def test_more_than_a_twentieth_of_a_day(
    app: Flask,
    clock: Clock,
    superuser: psycopg.Connection,
    charged: int,
    given_back: int,
    raised: int,
) -> None:
    clock.set(datetime.now(EAT).replace(hour=23, minute=30))
    anna = factories.user(200)
    chat = factories.open_chat(anna)
    for _ in range(charged + 3):
        factories.send(anna, chat)
    admin = factories.admin().account_id
    assert admin
    charges = superuser.execute(
        "SELECT cause_id FROM credit_transfers WHERE kind = 'message_charge' LIMIT %s",
        (given_back,),
    ).fetchall()
    for (message,) in charges:
        assert message_refunds.give(message, admin, "system error") == "completed"
    # Yesterday's are of another day.
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "INSERT INTO credit_transfers (real_user_id, debit_account, credit_account, amount, kind,"
        " cause_id, created_at) VALUES (%s, 'refunds', 'wallet', 50, 'message_refund', uuidv7(), %s)",
        (anna.account_id, clock.now() - timedelta(days=1)),
    )
    superuser.execute("RESET session_replication_role")
    assert alarms.watch() == raised
    alarms.watch()
    rates = [words for kind, words in told(superuser) if kind == "high_refund_rate"]
    assert rates == ["6 of the 100 credits charged today went back."] * raised


def test_of_a_hundred_who_saw_it(app: Flask, superuser: psycopg.Connection) -> None:
    seen, unseen = factories.package(), factories.package(name="Unseen", price=500)
    people = [factories.user() for _ in range(3)]
    for viewer in people:
        assert viewer.account_id
        browser = app.test_client().become(viewer)  # type: ignore[attr-defined]
        superuser.execute("INSERT INTO package_views VALUES (%s, %s)", (viewer.account_id, seen))
        browser.get("/credits")
    buyer = people[0].account_id
    assert buyer
    for _ in range(2):
        factories.purchase(buyer, seen)
    factories.purchase(people[1].account_id, seen, paid=False)  # type: ignore[arg-type]
    assert derived.recompute_conversion() == 1
    assert derived.recompute_conversion() == 0
    with acting_as(factories.admin()):
        rates = {each.id: each.conversion_rate for each in shop_admin.packages()}
    assert rates == {seen: Decimal("33.33"), unseen: None}


def test_what_was_on_the_page_is_remembered_once(app: Flask, superuser: psycopg.Connection) -> None:
    package = factories.package()
    anna = factories.user()
    assert anna.account_id
    for _ in range(2):
        with acting_as(anna):
            packages.note_views(anna.account_id, [package])
    rows = superuser.execute("SELECT real_user_id, package_id FROM package_views").fetchall()
    assert rows == [(anna.account_id, package)]
