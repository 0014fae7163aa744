"""Having one's account deleted: the wish, the way back, the end of every word, and the money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from fantooo.domain.errors import DeletionPending, Unauthorized, ValidationError
from fantooo.domain.viewer import Viewer
from fantooo.extensions import db
from fantooo.infra.database import acting_as
from fantooo.queries import operators
from fantooo.services import (
    accounts,
    chats,
    credentials,
    credits,
    deletion,
    exclusion,
    liking,
    notes,
    payments,
    profile,
    refund_progress,
)
from tests.integration.test_buying import account_of, buy, row, wallet
from tests.support import factories
from tests.support.cluster import Place
from tests.support.factories import PASSWORD
from tests.support.paystack import PaystackSimulator

SECRET = "Zanzibar"


@pytest.fixture
def shop(make_app: Callable[..., Flask], paystack: PaystackSimulator) -> Iterator[Flask]:
    app = make_app(**paystack.settings)
    with app.app_context():
        yield app
        db.session.remove()
        assert credits.verify_ledger() == []
        db.session.remove()


@pytest.fixture
def house(shop: Flask, place: Place) -> Iterator[psycopg.Connection]:
    """A superuser's connection, past all policies."""
    name = shop.extensions["sqlalchemy"].engine.url.database
    with place.connect(name) as connection:
        yield connection


def bought(paystack: PaystackSimulator, viewer: Viewer) -> Any:
    made = buy(viewer)
    paystack.finish(made.provider_reference, announce=False)
    assert payments.settle(made.provider_reference) == "success"
    return row(made.id)


def ask(viewer: Viewer, unused: str = "refund", reason: str = "") -> datetime:
    return deletion.ask(account_of(viewer), password=PASSWORD, unused=unused, reason=reason)


def complete() -> int:
    return deletion.complete_due(datetime.now(UTC) + timedelta(days=7))


def settle_refunds(paystack: PaystackSimulator) -> None:
    refund_progress.settle_open(datetime.now(UTC) + timedelta(minutes=10))
    for each in paystack.state()["refunds"]:
        if each["status"] != "processed":
            paystack.move_refund(each["id"], "processed")
    refund_progress.settle_open(datetime.now(UTC) + timedelta(minutes=10))


def record(house: psycopg.Connection) -> dict[str, Any]:
    cursor = house.execute("SELECT * FROM deleted_users")
    names = [column.name for column in cursor.description or ()]
    (found,) = cursor.fetchall()
    return dict(zip(names, found, strict=True))


def test_from_the_page_to_the_way_back(shop: Flask, house: psycopg.Connection) -> None:
    anna = factories.user(30, username="anna_w")
    page, elsewhere = (shop.test_client().become(anna) for _ in range(2))  # type: ignore[attr-defined]
    shown = page.get("/me/delete").text
    assert "For 6 days you can still change your mind" in shown and "30</span> credits" in shown
    for wrong in (
        {"unused": "refund", "password": "not the password"},
        {"unused": "keep", "password": PASSWORD},
        {},
    ):
        assert page.post("/me/delete", data=wrong).status_code == 400
    answer = page.post("/me/delete", data={"unused": "forfeit", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Your account will be deleted on" in page.get("/").text
    for one in (page, elsewhere):
        assert one.get("/me").status_code == 302
    again = elsewhere.post("/login", data={"username": "anna_w", "password": PASSWORD})
    assert again.status_code == 423 and "about to be deleted" in again.text
    token = again.text.partition('name="token" value="')[2].partition('"')[0]
    assert elsewhere.post("/login/keep", data={"token": token + "x"}).status_code == 400
    assert elsewhere.post("/login/keep", data={"token": token}).status_code == 303
    entered = elsewhere.post("/login", data={"username": "anna_w", "password": PASSWORD})
    assert entered.status_code == 303
    assert complete() == 0
    assert wallet(anna).credits == 30, "everything is as it was"
    assert house.execute("SELECT status FROM data_requests").fetchall() == [("cancelled",)]


def test_a_wrong_password_learns_nothing(shop: Flask) -> None:
    anna = factories.user(username="anna_w")
    ask(anna)
    with pytest.raises(Unauthorized):
        accounts.sign_in("anna_w", "not the password", "user")
    with pytest.raises(DeletionPending):
        accounts.sign_in("anna_w", PASSWORD, "user")


def test_twice_is_one_wish_and_too_late_is_too_late(shop: Flask, house: psycopg.Connection) -> None:
    anna = factories.user(username="anna_w")
    assert ask(anna) == ask(anna)
    with pytest.raises(DeletionPending) as caught:
        accounts.sign_in("anna_w", PASSWORD, "user")
    token = deletion.way_back(caught.value)
    assert deletion.complete_due() == 0, "not before its day"
    assert complete() == 1
    with pytest.raises(ValidationError, match="deleted already"):
        deletion.keep(token)
    assert complete() == 1, "the second look ends it"
    assert complete() == 0
    assert house.execute("SELECT count(*), min(status) FROM data_requests").fetchone() == (
        1, "completed",
    )  # fmt: skip


def test_the_team_sees_nobody_at_once(shop: Flask, house: psycopg.Connection) -> None:
    anna, olga = factories.user(), factories.operator(available=True)
    held, queued = factories.open_chat(anna), factories.open_chat(anna, factories.character())
    factories.send(anna, held)
    factories.change_operator(olga, is_available=False, availability_reason="break")
    factories.send(anna, queued)
    with acting_as(olga):
        assert [each.chat_id for each in operators.held(account_of(olga))] == [held]
    ask(anna)
    with acting_as(olga):
        assert operators.held(account_of(olga)) == []
    assert house.execute("SELECT count(*) FROM chat_queue").fetchone() == (0,)
    assert house.execute("SELECT DISTINCT status, close_reason FROM chats").fetchall() == [
        ("closed", "user")
    ]
    counts = house.execute("SELECT current_chat_count FROM operators").fetchall()
    assert counts == [(0,)]


def test_no_word_is_left(shop: Flask, house: psycopg.Connection) -> None:
    """Everything typed by or about the person holds one word; afterwards no table has it."""
    anna = factories.user(username=f"{SECRET}_1", location=SECRET)
    other = factories.user(username="somebody_else")
    olga = factories.operator(available=True)
    me = account_of(anna)
    chat, others = factories.open_chat(anna), factories.open_chat(other, factories.character())
    for _ in range(4):
        factories.send(anna, chat, f"I live in {SECRET}")
    factories.send(other, others, "Mombasa")
    factories.reply(olga, chat, f"How is {SECRET}?")
    character = house.execute(
        "SELECT fictional_user_id FROM chats WHERE id = %s", (chat,)
    ).fetchone()
    assert character
    with acting_as(olga):
        for version, text in enumerate((f"{SECRET} again", f"lives in {SECRET}")):
            notes.save(
                chat_id=chat, author_id=account_of(olga), subject="real", content=text,
                version=version,
            )  # fmt: skip
    with acting_as(anna):
        profile.save(
            me,
            profile.Profile(display_name=SECRET, bio=SECRET, location=SECRET, looking_for="both"),
        )
        chats.save_draft(chat, me, f"{SECRET}, tonight")
        liking.set_favorite(character[0], me, on=True)
        liking.note_view(character[0], me)
        liking.rate(chat, me, stars=5)
    credentials.change_email(me, email=f"{SECRET}@example.com", present=PASSWORD)
    ask(anna, reason=f"Moving to {SECRET}")
    assert _found(house) > {"real_users", "accounts", "messages", "profile_notes", "message_drafts"}
    assert (complete(), complete()) == (1, 1)
    assert _found(house) == {"deleted_users"}, "only the reason they gave, without a name to it"
    kept = record(house)
    assert (kept["data_anonymized"], kept["messages_anonymized"]) == (True, True)
    assert kept["total_messages_sent"] == 4
    words = house.execute("SELECT DISTINCT content FROM messages ORDER BY 1").fetchall()
    assert words == [("(deleted)",), ("Mombasa",)], "nobody else's"
    with pytest.raises(Unauthorized):
        accounts.sign_in(f"{SECRET}_1", PASSWORD, "user")
    assert factories.user(username=f"{SECRET}_1"), "the name is free again"
    alive = house.execute("SELECT count(*) FROM chats WHERE status = 'active'").fetchone()
    assert alive == (1,)


def _found(house: psycopg.Connection) -> set[str]:
    """Tables with the word in any column of any row."""
    tables = house.execute(
        "SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND c.relname NOT IN ('fictional_users', 'search_terms')"
    ).fetchall()
    return {
        name
        for (name,) in tables
        if house.execute(
            f"SELECT 1 FROM {name} AS t WHERE t::text ILIKE %s LIMIT 1",  # type: ignore[arg-type]
            (f"%{SECRET}%",),
        ).fetchone()
    }


def test_unused_credits_go_back_to_where_they_were_paid(
    shop: Flask, paystack: PaystackSimulator, house: psycopg.Connection
) -> None:
    anna = factories.user(0)
    older, newer = bought(paystack, anna), bought(paystack, anna)
    chat = factories.open_chat(anna)
    for _ in range(3 + 60):
        factories.send(anna, chat)
    assert wallet(anna).credits == 40, "of the newer one; the older one is spent"
    page = shop.test_client().become(anna).get("/me/delete").text  # type: ignore[attr-defined]
    assert "320 KES" in page
    ask(anna)
    assert complete() == 1
    assert wallet(anna).credits == 0
    assert complete() == 0, "the money is on its way"
    settle_refunds(paystack)
    assert complete() == 1
    assert [(e["transaction_reference"], e["amount"]) for e in paystack.state()["refunds"]] == [
        (newer.provider_reference, 32_000)
    ]
    kept = record(house)
    assert (kept["unused_credits"], kept["refund_amount"], kept["refund_processed"]) == (
        40, Decimal(320), True,
    )  # fmt: skip
    assert row(older.id).status == row(newer.id).status == "success"


def test_given_credits_are_given_up_and_so_is_all_when_chosen(
    shop: Flask, paystack: PaystackSimulator, house: psycopg.Connection
) -> None:
    anna, ben = factories.user(), factories.user()
    for viewer in (anna, ben):
        bought(paystack, viewer)
        assert wallet(viewer).credits == 60
    ask(anna)
    ask(ben, "forfeit")
    assert complete() == 2
    taken = house.execute(
        "SELECT real_user_id, sum(amount)::int, sum(bonus_amount)::int FROM credit_transfers"
        " WHERE kind = 'deduction' GROUP BY 1 ORDER BY 2"
    ).fetchall()
    assert taken == [(account_of(anna), 10, 10), (account_of(ben), 60, 10)]
    settle_refunds(paystack)
    assert len(paystack.state()["refunds"]) == 1


def test_a_payment_that_arrives_afterwards_goes_back(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    made = buy(anna)
    ask(anna)
    assert complete() == 1
    paystack.finish(made.provider_reference, announce=False)
    assert payments.settle(made.provider_reference) == "success"
    assert wallet(anna).credits == 0
    settle_refunds(paystack)
    assert row(made.id).status == "refunded"
    assert [each["amount"] for each in paystack.state()["refunds"]] == [40_000]


def test_a_disputed_payment_is_left_to_the_bank(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user(0)
    made = bought(paystack, anna)
    factories.dispute(made.id)
    ask(anna)
    assert complete() == 1
    assert paystack.state()["refunds"] == []
    assert wallet(anna).credits == 0


@pytest.mark.parametrize("excluded", [True, False])
def test_who_asked_to_be_kept_out_is_still_recognised(
    shop: Flask, paystack: PaystackSimulator, house: psycopg.Connection, excluded: bool
) -> None:
    anna = factories.user()
    bought(paystack, anna)
    ask(anna)
    house.execute(
        "INSERT INTO payer_marks (real_user_id, transaction_id, kind, mark) SELECT real_user_id, id,"
        " 'phone', 'x'::bytea FROM transactions WHERE type = 'purchase' ON CONFLICT DO NOTHING"
    )
    if excluded:
        exclusion.exclude(account_of(anna), length="6m", typed="stop", device="")
    assert complete() == 1
    for table in ("payer_marks", "exclusion_marks"):
        (count,) = house.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)  # type: ignore[arg-type]
        assert bool(count) is excluded, table


def test_the_page_says_what_others_say(shop: Flask) -> None:
    """Somebody without credits is promised nothing."""
    anna = factories.user(0)
    page = shop.test_client().become(anna).get("/me/delete").text  # type: ignore[attr-defined]
    assert "nothing now" in page
    assert UUID(str(anna.account_id))
