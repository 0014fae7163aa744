"""Having one's account deleted: the wish, the way back, the end of every word, and the money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask

from fantooo.domain.errors import (
    DeletionPending,
    NotFound,
    SendingPaused,
    Unauthorized,
    ValidationError,
)
from fantooo.domain.viewer import Viewer
from fantooo.extensions import db
from fantooo.infra.database import acting_as
from fantooo.queries import operators
from fantooo.services import (
    accounts,
    addresses,
    assignment,
    chats,
    credits,
    deletion,
    disputes,
    exclusion,
    grants,
    liking,
    message_refunds,
    notes,
    payments,
    profile,
    refund_progress,
)
from tests.integration.test_buying import account_of, announce, buy, row, wallet
from tests.support import factories
from tests.support.cluster import Place
from tests.support.factories import PASSWORD
from tests.support.paystack import PaystackSimulator
from tests.support.server import today_at

SECRET = "Zanzibar"


@pytest.fixture
def shop(make_app: Callable[..., Flask], paystack: PaystackSimulator) -> Iterator[Flask]:
    app = make_app(fantooo_clock=today_at(14), **paystack.settings)
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
    part = {"HX-Request-Type": "partial"}
    again = elsewhere.post(
        "/login", data={"username": "anna_w", "password": PASSWORD}, headers=part
    )
    assert again.status_code == 200 and "about to be deleted" in again.text
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
    # Also when it was looked for before it was taken back and wished anew.
    assert deletion._delete(account_of(anna), datetime.now(UTC)) is False
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
    factories.purchase(me)
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
    assignment.hand_back(
        chat_id=chat, operator_id=account_of(olga), number=1, reason=f"{SECRET} is not mine"
    )
    house.execute(
        "INSERT INTO message_drafts (chat_id, account_id, content) VALUES (%s, %s, %s)",
        (chat, account_of(olga), f"{SECRET} you say"),
    )
    house.execute(
        "INSERT INTO webhook_events (provider, event_key, event, reference, raw, status)"
        " SELECT 'paystack', 'charge.success:1:success', 'charge.success', provider_reference,"
        " %s, 'processed' FROM transactions WHERE real_user_id = %s AND type = 'purchase'",
        (f'{{"customer": "{SECRET}"}}'.encode(), me),
    )
    addresses.change(me, email=f"{SECRET}@example.com", present=PASSWORD)
    ask(anna, "forfeit", reason=f"Moving to {SECRET}")
    assert _found(house) >= {
        *("real_users", "accounts", "messages", "profile_notes", "message_drafts"),
        *("webhook_events", "chat_assignments", "data_requests"),
    }
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
            f"SELECT 1 FROM {name} AS t WHERE t::text ILIKE %s OR t::text ILIKE %s LIMIT 1",  # type: ignore[arg-type]
            (f"%{SECRET}%", f"%{SECRET.encode().hex()}%"),
        ).fetchone()
    }


def test_unused_credits_go_back_to_where_they_were_paid(
    shop: Flask, paystack: PaystackSimulator, house: psycopg.Connection
) -> None:
    anna = factories.user(0)
    older, newer = bought(paystack, anna), bought(paystack, anna)
    olga = factories.operator(available=True)
    chat = factories.open_chat(anna)
    for _ in range(3 + 60):
        factories.send(anna, chat)
    factories.reply(olga, chat)
    assert wallet(anna).credits == 40, "of the newer one; the older one is spent"
    page = shop.test_client().become(anna).get("/me/delete").text  # type: ignore[attr-defined]
    assert "320 KES" in page
    ask(anna)
    assert complete() == 1
    assert wallet(anna).credits == 0
    assert complete() == 0, "the money is on its way"
    settle_refunds(paystack)
    announce(shop, paystack)
    assert complete() == 1
    bodies = house.execute("SELECT count(*), count(*) FILTER (WHERE raw <> '') FROM webhook_events")
    told, left = bodies.fetchone() or (0, 0)
    assert told > 0 and left == 0, "what the provider said of them goes too"
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


def test_what_is_paid_after_the_wish_is_not_given_up(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    """Its page was open when everything was given up; nobody gives up what they have not bought yet."""
    anna = factories.user()
    made = buy(anna)
    ask(anna, "forfeit")
    paystack.finish(made.provider_reference or "")
    payments.settle(made.provider_reference or "")
    assert complete() == 1
    settle_refunds(paystack)
    assert [each["amount"] for each in paystack.state()["refunds"]] == [40_000]


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


@pytest.mark.parametrize(("resolution", "back"), [("declined", 40_000), ("merchant-accepted", 0)])
def test_a_disputed_payment_waits_for_the_bank(
    shop: Flask,
    paystack: PaystackSimulator,
    house: psycopg.Connection,
    resolution: str,
    back: int,
) -> None:
    """Won, what is unused goes back as was chosen; lost, the bank has taken it."""
    anna = factories.user(0)
    made = bought(paystack, anna)
    dispute = int(paystack.open_dispute(made.provider_reference)["id"])
    disputes.heard(dispute)
    ask(anna)
    assert complete() == 1
    refund_progress.settle_open(datetime.now(UTC) + timedelta(minutes=10))
    assert paystack.state()["refunds"] == [], "nothing moves while the bank decides"
    assert complete() == 0
    paystack.resolve_dispute(dispute, resolution)
    disputes.heard(dispute)
    settle_refunds(paystack)
    assert sum(each["amount"] for each in paystack.state()["refunds"]) == back
    assert complete() == 1
    owed = house.execute("SELECT credits, owed_credits FROM real_users").fetchall()
    assert owed == [(0, 0)], "nobody owes what was taken from them"


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
    assert house.execute("SELECT count(*) FROM payer_marks").fetchone() == (0,)
    marks = house.execute("SELECT array_agg(kind ORDER BY kind) FROM exclusion_marks").fetchone()
    assert marks == (["card", "device", "phone"] if excluded else None,)


def test_what_waits_for_an_answer_comes_back_first(shop: Flask, house: psycopg.Connection) -> None:
    """Also for somebody who stays after all."""
    anna = factories.user(30, username="anna_w")
    chat = factories.open_chat(anna)
    for _ in range(5):
        factories.send(anna, chat)
    assert wallet(anna).credits == 28
    ask(anna)
    assert wallet(anna).credits == 30
    with pytest.raises(DeletionPending) as caught:
        accounts.sign_in("anna_w", PASSWORD, "user")
    deletion.keep(deletion.way_back(caught.value))
    assert wallet(anna).credits == 30
    reasons = house.execute("SELECT DISTINCT reason, status FROM credit_refunds").fetchall()
    assert reasons == [("unanswered", "completed")]


def test_a_message_on_its_way_opens_no_chat_again(shop: Flask, house: psycopg.Connection) -> None:
    anna = factories.user()
    chat = factories.open_chat(anna)
    factories.send(anna, chat)
    ask(anna)
    with pytest.raises(SendingPaused):
        factories.send(anna, chat)
    assert house.execute("SELECT status FROM chats").fetchall() == [("closed",)]
    assert house.execute("SELECT count(*) FROM chat_queue").fetchone() == (0,)


def test_an_old_page_takes_no_newer_wish_back(shop: Flask) -> None:
    anna = factories.user(username="anna_w")
    ask(anna)
    with pytest.raises(DeletionPending) as caught:
        accounts.sign_in("anna_w", PASSWORD, "user")
    token = deletion.way_back(caught.value)
    deletion.keep(token)
    ask(anna)
    deletion.keep(token)
    with pytest.raises(DeletionPending):
        accounts.sign_in("anna_w", PASSWORD, "user")


def test_one_that_fails_keeps_nobody_else_from_theirs(
    shop: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben = factories.user(), factories.user()
    for viewer in (anna, ben):
        ask(viewer)
    real = deletion._forget

    def forget(work: Any, gone: Any, now: datetime) -> None:
        if gone.id == anna.account_id:
            raise RuntimeError("broken")
        real(work, gone, now)

    monkeypatch.setattr(deletion, "_forget", forget)
    assert complete() == 1
    assert wallet(anna).deleted_at is None and wallet(ben).deleted_at is not None
    assert wallet(anna).credits == 10, "nothing half done"


def test_a_refund_that_failed_is_not_called_arrived(
    shop: Flask, paystack: PaystackSimulator, house: psycopg.Connection
) -> None:
    anna = factories.user(0)
    bought(paystack, anna)
    ask(anna)
    complete()
    refund_progress.settle_open(datetime.now(UTC) + timedelta(minutes=10))
    paystack.move_refund(paystack.state()["refunds"][0]["id"], "failed")
    refund_progress.settle_open(datetime.now(UTC) + timedelta(minutes=10))
    assert complete() == 1
    assert record(house)["refund_processed"] is False


def test_what_is_left_is_found(shop: Flask, house: psycopg.Connection) -> None:
    """A deletion that left something behind does not end, and admins are told."""
    anna = factories.user()
    chat = factories.open_chat(anna)
    factories.send(anna, chat)
    ask(anna)
    complete()
    house.execute("UPDATE messages SET content = 'still here'")
    assert complete() == 0
    assert record(house)["messages_anonymized"] is False
    told = house.execute("SELECT count(*) FROM outbox WHERE payload ->> 'priority' = 'critical'")
    assert told.fetchone() == (1,)
    house.execute("UPDATE messages SET content = '(deleted)'")
    assert complete() == 1


def test_nobody_is_given_anything_any_more(shop: Flask) -> None:
    anna = factories.user(30)
    chat = factories.open_chat(anna)
    for _ in range(3):
        factories.send(anna, chat)
    charged = factories.send(anna, chat).event.message_id
    admin = account_of(factories.admin())
    factories.reply(factories.operator(available=True), chat)
    ask(anna)
    complete()
    with pytest.raises(ValidationError, match="deleted"):
        message_refunds.give(charged, admin, "Sorry")
    with pytest.raises(NotFound):
        grants.grant(
            user_id=account_of(anna), admin_id=admin, amount=5, reason="Sorry", key=uuid4()
        )


def test_a_suspended_person_may_leave(shop: Flask) -> None:
    anna = factories.user()
    factories.ban(anna)
    page = shop.test_client().become(anna)  # type: ignore[attr-defined]
    assert page.get("/me").status_code == 302
    assert page.get("/me/delete").status_code == 200
    form = {"unused": "refund", "password": PASSWORD}
    assert page.post("/me/delete", data=form).status_code == 303


def test_somebody_without_credits_is_promised_nothing(shop: Flask) -> None:
    anna = factories.user(0)
    page = shop.test_client().become(anna).get("/me/delete").text  # type: ignore[attr-defined]
    assert "nothing now" in page
