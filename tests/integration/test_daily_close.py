"""The daily close: each figure against rows of known days, and what accountants take with them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from fantooo.domain.viewer import Viewer
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import AuditEntry
from fantooo.queries import daily_close
from fantooo.queries.daily_close import Close
from tests.conftest import Clock
from tests.support import factories

#: noon of the third day in Nairobi
NOON = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
FIRST, SECOND, THIRD = date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12)


@pytest.fixture
def days(app: Flask, clock: Clock, superuser: psycopg.Connection) -> Viewer:
    """Three days of one buyer, at their very edges; returns an admin."""
    clock.set(NOON)
    anna = factories.user()
    assert anna.account_id
    old, edge, late = (factories.purchase(anna.account_id) for _ in range(3))
    back = factories.refund(edge, amount=100)
    failed = factories.refund(edge, amount=40, status="failed")
    chat = factories.open_chat(anna)
    for _ in range(5):
        factories.send(anna, chat)
    superuser.execute("SET session_replication_role = replica")
    _at(superuser, "2026-02-20 10:00+03", cause=anna.account_id)
    _at(superuser, "2026-03-10 00:00+03", old)
    _at(superuser, "2026-03-11 23:59:59.9+03", edge)
    _at(superuser, "2026-03-12 00:00+03", late)
    _at(superuser, "2026-03-12 08:00+03", back)
    _at(superuser, "2026-03-12 08:00+03", failed)
    superuser.execute(
        "UPDATE transactions SET provider_response = '{\"fees\": 1160}' WHERE id = %s", (old,)
    )
    superuser.execute(
        "UPDATE credit_transfers SET created_at = '2026-03-11 12:00+03' WHERE kind = 'message_charge'"
    )
    superuser.execute("RESET session_replication_role")
    return factories.admin("admin")


def _at(
    superuser: psycopg.Connection, moment: str, transaction: UUID | None = None, *,
    cause: UUID | None = None,
) -> None:  # fmt: skip
    """Moves a transaction with its movements, or the welcome credits of an account, to a moment."""
    if cause is not None:
        superuser.execute(
            "UPDATE credit_transfers SET created_at = %s WHERE real_user_id = %s"
            " AND kind = 'welcome_bonus'",
            (moment, cause),
        )
        return
    superuser.execute(
        "UPDATE transactions SET created_at = %s, completed_at = CASE WHEN completed_at IS NOT NULL"
        " THEN %s::timestamptz END WHERE id = %s",
        (moment, moment, transaction),
    )
    superuser.execute(
        "UPDATE credit_transfers SET created_at = %s WHERE cause_id = %s", (moment, transaction)
    )


def test_each_figure_of_each_day(days: Viewer) -> None:
    with acting_as(days):
        closes = daily_close.month(FIRST)
    assert [each.day for each in closes] == [date(2026, 3, n) for n in range(12, 0, -1)]
    by_day = {each.day: each for each in closes}
    assert by_day[date(2026, 3, 9)] == Close(date(2026, 3, 9), outstanding=10)
    assert by_day[FIRST] == Close(
        FIRST, purchases=1, revenue=Decimal(400), fees=Decimal("11.6"), credits_sold=50,
        outstanding=60, outstanding_bought=50,
    )  # fmt: skip
    assert by_day[FIRST].kept == Decimal("388.4")
    # Two paid messages, of what was given; and a purchase a moment before midnight.
    assert by_day[SECOND] == Close(
        SECOND, purchases=1, revenue=Decimal(400), credits_sold=50, credits_used=2,
        outstanding=108, outstanding_bought=100,
    )  # fmt: skip
    third = by_day[THIRD]
    assert (third.purchases, third.revenue, third.credits_sold) == (1, Decimal(400), 50)
    assert (third.refunds, third.given_back, third.kept) == (1, Decimal(100), Decimal(300))


def test_bonus_that_a_failed_refund_returns_was_given_before(app: Flask) -> None:
    anna = factories.user()
    assert anna.account_id
    bought = factories.purchase(anna.account_id, factories.package(bonus_credits=10))
    factories.refund(bought, amount=400, status="failed")
    with acting_as(factories.admin("admin")):
        today = daily_close.month(daily_close.today())[0]
    assert (today.credits_sold, today.bonus_given) == (50, 10 + 10), "with the welcome"


def test_the_last_day_owes_what_is_in_the_wallets(
    days: Viewer, superuser: psycopg.Connection
) -> None:
    row = superuser.execute("SELECT sum(credits), sum(credits - bonus_credits) FROM real_users")
    with acting_as(days):
        last = daily_close.month(THIRD)[0]
    assert (last.outstanding, last.outstanding_bought) == row.fetchone()


def test_a_month_to_come_has_no_days(days: Viewer) -> None:
    with acting_as(days):
        assert daily_close.month(date(2026, 4, 1)) == []
        assert len(daily_close.month(date(2026, 2, 1))) == 28


def test_page_and_files(app: Flask, days: Viewer) -> None:
    browser = app.test_client().become(days)  # type: ignore[attr-defined]
    page = browser.get("/admin/payments/days").text
    assert "March 2026" in page and "so far" in page and ">Later<" not in page
    assert browser.get("/admin/payments/days?month=2026-02").text.count("<tr") == 1 + 28 + 1
    assert "has not started yet" in browser.get("/admin/payments/days?month=2026-05").text
    for wrong in ("x", "2026-13", "1500-01", "2026-1-1"):
        assert browser.get(f"/admin/payments/days?month={wrong}").status_code == 400
    answer = browser.post("/admin/payments/days.csv", data={"month": "2026-03"})
    assert answer.headers["Content-Disposition"].endswith('"fantooo-days-2026-03.csv"')
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["day (Nairobi)"] for line in lines][-1] == "2026-03-12"
    assert lines[-1]["kept"] == "300.00"
    assert lines[-2]["credits outstanding"] == "108"


def test_refunds_as_a_file_add_up_to_the_days(app: Flask, days: Viewer) -> None:
    browser = app.test_client().become(days)  # type: ignore[attr-defined]
    answer = browser.post("/admin/payments/refunds.csv", data={"month": "2026-03"})
    assert answer.headers["Content-Disposition"].endswith('"fantooo-refunds-2026-03.csv"')
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    counted = [Decimal(line["amount"]) for line in lines if line["in the daily close"] == "yes"]
    with acting_as(days):
        assert sum(counted) == sum(each.given_back for each in daily_close.month(FIRST)) == 100
    assert {line["state"] for line in lines} >= {"success", "failed"}
    for line in lines:
        assert line["payment"] != line["refund"] and line["user name"]
        assert (line["state"] == "failed") == (line["in the daily close"] == "")
    february = browser.post("/admin/payments/refunds.csv", data={"month": "2026-02"})
    assert february.text.count("\n") == 1


def test_payments_as_a_file_are_those_of_the_list(app: Flask, days: Viewer) -> None:
    browser = app.test_client().become(days)  # type: ignore[attr-defined]
    lines = list(csv.DictReader(io.StringIO(browser.post("/admin/payments.csv").text)))
    assert len(lines) == 3
    assert {line["state"] for line in lines} == {"success"}
    assert lines[0]["time (UTC)"] == "2026-03-11T21:00:00+00:00"
    assert browser.post("/admin/payments.csv", data={"status": "failed"}).text.count("\n") == 1
    with unit_of_work(as_system=True) as work:
        kept = work.session.execute(
            select(AuditEntry.actor_id, AuditEntry.reason).where(
                AuditEntry.action == "payments_exported"
            )
        ).all()
    assert [tuple(row) for row in kept] == [
        (days.account_id, "3 payments: all"),
        (days.account_id, "0 payments: status failed"),
    ]
