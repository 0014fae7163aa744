"""Limits, breaks, self-exclusion and the word about the time: through pages, services and sending."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask

from fantooo.domain import limits as rules
from fantooo.domain.errors import (
    NotFound,
    SelfExcluded,
    SendingPaused,
    SpendingPaused,
    ValidationError,
)
from fantooo.domain.viewer import Viewer
from fantooo.extensions import db
from fantooo.infra import crypto
from fantooo.infra.database import acting_as
from fantooo.queries import limits as reads
from fantooo.services import (
    accounts,
    addresses,
    exclusion,
    limits,
    orders,
    outbox,
    payments,
    stretches,
)
from tests.conftest import _Client
from tests.support import factories
from tests.support.cluster import Place
from tests.support.factories import PASSWORD
from tests.support.paystack import PaystackSimulator

JSON = {"Accept": "application/json"}
PART = {"HX-Request-Type": "partial"}
PHONE = "0712345678"


@pytest.fixture
def change(shop: Flask, place: Place) -> Iterator[Callable[..., list[Any]]]:
    """Runs SQL as a superuser: moves rows in time."""
    name = db.engine.url.database
    assert name
    with place.connect(name) as connection:

        def run(sql: str, *values: Any) -> list[Any]:
            cursor: psycopg.Cursor[Any] = connection.execute(sql, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

        yield run


Change = Callable[..., list[Any]]


def me(viewer: Viewer) -> UUID:
    assert viewer.account_id
    return viewer.account_id


def buy(viewer: Viewer, package: UUID, **changes: Any) -> UUID:
    given = {
        "account_id": me(viewer),
        "package_id": package,
        "key": uuid4(),
        "channel": "checkout",
        "phone": "",
        "return_to": "",
        "callback_url": "http://127.0.0.1:9/credits/return",
        **changes,
    }
    return orders.buy(**given)


def reference(change: Change, transaction: UUID) -> str:
    return str(
        change("SELECT provider_reference FROM transactions WHERE id = %s", transaction)[0][0]
    )


def pay(change: Change, paystack: PaystackSimulator, transaction: UUID, **more: Any) -> str:
    name = reference(change, transaction)
    paystack.finish(name, announce=False, **more)
    return payments.settle(name)


def browser(app: Flask, viewer: Viewer | None = None) -> _Client:
    made: _Client = app.test_client()  # type: ignore[assignment]
    return made.become(viewer) if viewer else made


def limit_of(viewer: Viewer, period: str) -> rules.Limit:
    with acting_as(viewer):
        return next(u.limit for u in reads.uses(me(viewer)) if u.limit.period == period)


# Spending limits


def test_a_limit_from_setting_to_its_end(shop: Flask, change: Change) -> None:
    anna = factories.user()
    page = browser(shop, anna)

    def post(path: str, **form: str) -> Any:
        answer = page.post(f"/me/limits{path}", data={"period": "day", **form})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return page.get("/me").get_data(as_text=True)

    assert "0 of 1,000 KES" in post("", day="1,000")
    assert "0 of 500 KES" in post("", day="500")
    shown = post("", day="800")
    assert "0 of 500 KES" in shown, "more is only noted"
    assert "You asked for" in shown and "Keep 500 KES" in shown and "Confirm 800" not in shown
    early = page.post("/me/limits/confirm", data={"period": "day"}, headers=PART)
    assert early.status_code == 200 and "You can confirm this from" in early.get_data(as_text=True)
    change("UPDATE spending_limits SET pending_since = now() - interval '25 hours'")
    assert "Confirm 800 KES" in page.get("/me").get_data(as_text=True)
    assert "0 of 800 KES" in post("/confirm")
    assert "You asked for" in post("", remove="1")
    assert "You asked for" not in post("/keep")
    post("", remove="1")
    change("UPDATE spending_limits SET pending_since = now() - interval '7 days'")
    assert "You asked for" not in page.get("/me").get_data(as_text=True), "it has lapsed"
    assert page.post("/me/limits/confirm", data={"period": "day"}).status_code == 400
    post("", remove="1")
    change("UPDATE spending_limits SET pending_since = now() - interval '1 day'")
    post("/confirm")
    assert limit_of(anna, "day").amount is None
    kept = [row[0] for row in change("SELECT what FROM limit_changes ORDER BY id")]
    assert kept == [
        "set", "lowered", "raise_asked", "raised", "removal_asked", "cancelled", "removal_asked",
        "removal_asked", "removed",
    ]  # fmt: skip


def test_what_cannot_be_a_limit_is_said_at_its_field(shop: Flask) -> None:
    page = browser(shop, factories.user())
    part = page.post("/me/limits", data={"period": "week", "week": "lots"}, headers=PART)
    words = part.get_data(as_text=True)
    assert part.status_code == 200 and "Enter a whole amount" in words and 'value="lots"' in words
    assert page.post("/me/limits", data={"period": "week", "week": "0"}).status_code == 400
    assert page.post("/me/limits", data={"period": "year", "year": "9"}).status_code == 400


def test_the_history_of_limits_is_nobodys_to_change(shop: Flask, change: Change) -> None:
    limits.set_limit(me(factories.user()), "day", "100")
    with pytest.raises(psycopg.errors.RestrictViolation):
        change("UPDATE limit_changes SET new_amount = 5")
    with pytest.raises(psycopg.errors.RestrictViolation):
        change("DELETE FROM limit_changes")


def test_a_purchase_that_passes_a_limit_never_reaches_the_provider(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    limits.set_limit(me(anna), "day", "1000")
    page = browser(shop, anna)

    def order(**headers: str) -> Any:
        form = {"package_id": str(factories.package()), "key": str(uuid4()), "channel": "checkout"}
        return page.post("/credits/buy", data=form, headers=headers)

    assert order().status_code == 303
    assert "600 KES" in page.get("/credits").get_data(as_text=True)
    assert order().status_code == 303
    refused = order()
    words = refused.get_data(as_text=True)
    assert refused.status_code == 423
    assert "This would pass your own limit of 1,000 KES a day: 200 KES are left" in words
    assert "This would pass your own limit" in order(**PART).get_data(as_text=True)
    assert len(paystack.state()["transactions"]) == 2


def test_the_same_wish_is_not_counted_twice(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, package, key = factories.user(), factories.package(), uuid4()
    limits.set_limit(me(anna), "day", "500")
    assert buy(anna, package, key=key) == buy(anna, package, key=key)
    assert buy(anna, package) == buy(anna, package), "another tab means the same"


def test_what_counts(shop: Flask, paystack: PaystackSimulator, change: Change) -> None:
    anna, package = factories.user(), factories.package()
    limits.set_limit(me(anna), "day", "500")
    first = buy(anna, package)
    with pytest.raises(SpendingPaused):
        buy(anna, factories.package())
    change("UPDATE transactions SET status = 'failed', failure_reason = 'x' WHERE id = %s", first)
    second = buy(anna, package)
    assert pay(change, paystack, second) == "success"
    with pytest.raises(SpendingPaused):
        buy(anna, package)
    change("UPDATE transactions SET status = 'refunded' WHERE id = %s", second)
    with pytest.raises(SpendingPaused, match="100 KES are left"):
        buy(anna, package) and buy(anna, factories.package())
    # Grants are no purchases, and neither are other people's.
    factories.set_credits(me(anna), 500)
    buy(factories.user(), package)
    change("UPDATE transactions SET status = 'success' WHERE id = %s", second)


def test_each_period_by_the_calendar_of_nairobi(
    shop: Flask, paystack: PaystackSimulator, change: Change
) -> None:
    anna, package = factories.user(), factories.package()
    now = datetime.now(UTC)
    begins = {period: rules.stretch(period, now)[0] for period in rules.PERIODS}
    bought = buy(anna, package)
    assert pay(change, paystack, bought) == "success"
    for period in rules.PERIODS:
        limits.set_limit(me(anna), period, "500")
        for moment, spent in (
            (begins[period], 400),
            (begins[period] - timedelta(microseconds=1), 0),
        ):
            change("UPDATE transactions SET completed_at = %s WHERE id = %s", moment, bought)
            with acting_as(anna):
                uses = {use.limit.period: use for use in reads.uses(me(anna), now)}
            assert uses[period].spent == spent, period
        change("UPDATE spending_limits SET amount = NULL")
        change("UPDATE transactions SET completed_at = %s WHERE id = %s", now, bought)


def test_a_payment_begun_before_is_credited_however_low_the_limit_is_now(
    shop: Flask, paystack: PaystackSimulator, change: Change
) -> None:
    anna, package = factories.user(), factories.package()
    limits.set_limit(me(anna), "day", "500")
    begun = buy(anna, package)
    limits.set_limit(me(anna), "day", "1")
    limits.take_time_out(me(anna), "24h")
    assert pay(change, paystack, begun) == "success"
    with acting_as(anna):
        assert reads.uses(me(anna))[0].spent == 400
    with pytest.raises(SpendingPaused):
        buy(anna, package)


def test_a_limit_is_offered_once_before_the_first_payment(shop: Flask, change: Change) -> None:
    factories.package()
    offer = "Would you like a limit?"
    for form, what in (
        ({"decline": "1", "next": "/chats"}, "offer_declined"),
        ({"period": "week", "most": "1,500"}, "set"),
    ):
        page = browser(shop, factories.user())
        assert offer in page.get("/credits").get_data(as_text=True)
        wrong = page.post("/credits/limit", data={"period": "week", "most": ""})
        assert wrong.status_code == 400 and "Enter a whole amount" in wrong.get_data(as_text=True)
        answered = page.post("/credits/limit", data=form)
        assert answered.status_code == 303
        assert offer not in page.get("/credits").get_data(as_text=True)
        assert change("SELECT what FROM limit_changes ORDER BY id DESC LIMIT 1") == [(what,)]
    assert "1,500 KES</b> left of your 1,500 a week" in page.get("/credits").get_data(as_text=True)
    paid = factories.user()
    factories.purchase(me(paid))
    assert offer not in browser(shop, paid).get("/credits").get_data(as_text=True)


# Breaks


def test_a_break_lets_one_read_and_nothing_else(shop: Flask, change: Change) -> None:
    anna, package = factories.user(50), factories.package()
    fresh = factories.open_chat(anna, factories.character())
    with acting_as(anna):
        page = browser(shop, anna)
    no_box = page.post("/me/breaks", data={"length": "7d"})
    assert no_box.status_code == 400 and "Please tick the box" in no_box.get_data(as_text=True)
    assert page.post("/me/breaks", data={"length": "7d", "sure": "yes"}).status_code == 303
    shown = page.get("/me").get_data(as_text=True)
    assert (
        "You are taking a break until" in shown and "30 days" in shown and "24 hours" not in shown
    )
    chat = page.get(f"/chat/{fresh}").get_data(as_text=True)
    assert "You are taking a break until" in chat
    with pytest.raises(SendingPaused) as caught:  # free, and refused all the same
        factories.send(anna, fresh)
    assert caught.value.details["reason"] == "paused_by_user"
    assert "You can read everything" in caught.value.message
    with pytest.raises(SpendingPaused, match="You are taking a break"):
        buy(anna, package)
    assert "Nothing can be bought until then" in page.get("/credits").get_data(as_text=True)
    assert page.get("/chats").status_code == page.get("/discover").status_code == 200
    change("UPDATE real_users SET paused_until = now()")
    factories.send(anna, fresh)


def test_a_break_is_never_made_shorter(shop: Flask, change: Change) -> None:
    anna = factories.user()
    until = limits.take_time_out(me(anna), "7d")
    with pytest.raises(ValidationError, match="already"):
        limits.take_time_out(me(anna), "24h")
    assert change("SELECT paused_until FROM real_users") == [(until,)]
    assert limits.take_time_out(me(anna), "30d") > until
    with pytest.raises(psycopg.errors.CheckViolation):
        change("UPDATE account_pauses SET ended_on_request_at = now()")


def test_a_repeat_of_what_was_sent_before_the_break_is_answered(shop: Flask) -> None:
    anna, client_id = factories.user(), uuid4()
    chat = factories.open_chat(anna)
    factories.send(anna, chat, client_id=client_id)
    limits.take_time_out(me(anna), "24h")
    assert factories.send(anna, chat, client_id=client_id).repeat


def test_frozen_spending_leaves_reading_and_free_messages(shop: Flask, change: Change) -> None:
    anna, package = factories.user(50, username="anna_w"), factories.package()
    chat = factories.open_chat(anna)
    change("UPDATE real_users SET spending_frozen_reason = 'dispute'")
    for _ in range(3):
        factories.send(anna, chat)
    with pytest.raises(SendingPaused) as caught:
        factories.send(anna, chat)
    assert (caught.value.message, caught.value.details["reason"]) == (
        rules.FROZEN,
        "spending_frozen",
    )
    with pytest.raises(SpendingPaused):
        buy(anna, package)
    page = browser(shop, anna)
    assert rules.FROZEN in page.get(f"/chat/{chat}").get_data(as_text=True)
    assert "Your payments are being checked" in page.get("/credits").get_data(as_text=True)
    assert "Your payments are being checked" in page.get("/me").get_data(as_text=True)
    run = shop.test_cli_runner().invoke
    assert run(args=["payments", "unfreeze", "nobody", "--reason", "x"]).exit_code == 1
    assert run(args=["payments", "unfreeze", "anna_w", "--reason", "looked at"]).exit_code == 0
    assert run(args=["payments", "unfreeze", "anna_w", "--reason", "again"]).exit_code == 1
    factories.send(anna, chat)
    assert change("SELECT action, reason, before FROM audit_log") == [
        ("spending_unfrozen", "looked at", {"reason": "dispute"})
    ]
    with pytest.raises(NotFound):
        limits.unfreeze_spending("nobody", "x")


# Self-exclusion


def leave(app: Flask, viewer: Viewer, length: str = "6m") -> _Client:
    """Excludes somebody in a browser of theirs; returns that browser."""
    page = browser(app, viewer)
    answer = page.post("/me/self-exclusion", data={"length": length, "confirmation": " Stop "})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    return page


def log_in(page: _Client, name: str, password: str = PASSWORD) -> Any:
    return page.post("/login", data={"username": name, "password": password})


def test_self_exclusion_from_its_page_to_the_way_back(shop: Flask, change: Change) -> None:
    anna = factories.user(30, username="anna_w")
    elsewhere = browser(shop, anna)
    page = browser(shop, anna)
    for wrong in ({"length": "6m"}, {"length": "1m", "confirmation": "stop"}):
        assert page.post("/me/self-exclusion", data=wrong).status_code == 400
    assert page.get("/me").status_code == 200
    page = leave(shop, anna)
    cookie = page.get_cookie("fantooo_device")
    assert cookie and cookie.http_only and cookie.same_site == "Lax" and len(cookie.value) > 30
    assert change("SELECT count(*) FROM sessions") == [(0,)]
    for one in (page, elsewhere):
        assert one.get("/me").status_code == 302
    # A wrong password learns nothing; the right one reads until when, and what stays.
    assert log_in(page, "anna_w", "not the password").status_code == 401
    kept_out = log_in(elsewhere, "anna_w")
    words = kept_out.get_data(as_text=True)
    assert kept_out.status_code == 423 and "You are taking a long break" in words
    in_place = elsewhere.post(
        "/login", data={"username": "anna_w", "password": PASSWORD}, headers=PART
    )
    assert in_place.status_code == 200 and "You are taking a long break" in in_place.text
    assert "come back" not in words.casefold() and "Let me in again" not in words
    assert change("SELECT count(*) FROM sessions") == [(0,)]
    # Its time is over: it does not end by itself, but may be asked to end.
    change("UPDATE account_pauses SET starts_at = now() - interval '7 months', ends_at = now()")
    change("UPDATE real_users SET self_excluded_until = now()")
    over = log_in(elsewhere, "anna_w")
    words = over.get_data(as_text=True)
    assert over.status_code == 423 and "Your time away is over" in words
    token = words.partition('name="token" value="')[2].partition('"')[0]
    assert elsewhere.post("/login/return", data={"token": token + "x"}).status_code == 400
    assert log_in(elsewhere, "anna_w").status_code == 423
    assert elsewhere.post("/login/return", data={"token": token}).status_code == 303
    assert log_in(elsewhere, "anna_w").status_code == 303
    assert change("SELECT count(*) FROM exclusion_marks") == [(0,)]
    assert change("SELECT ended_on_request_at >= ends_at FROM account_pauses") == [(True,)]
    balance = change("SELECT credits FROM real_users")
    assert balance == [(30,)], "everything is as it was"


def test_nobody_is_let_in_early(shop: Flask, change: Change) -> None:
    anna = factories.user(username="anna_w")
    leave(shop, anna)
    change("UPDATE real_users SET self_excluded_until = now()")
    with pytest.raises(SelfExcluded) as caught:
        accounts.sign_in("anna_w", PASSWORD, "user")
    token = exclusion.way_back(caught.value)
    change("UPDATE real_users SET self_excluded_until = now() + interval '1 hour'")
    with pytest.raises(ValidationError, match="possible from"):
        exclusion.come_back(token)
    with pytest.raises(SelfExcluded) as caught:
        accounts.sign_in("anna_w", PASSWORD, "user")
    assert exclusion.way_back(caught.value) == ""
    for made_up in ("", "x", token[:-2]):
        with pytest.raises(ValidationError):
            exclusion.come_back(made_up)


def test_a_session_that_was_forgotten_is_worth_nothing(shop: Flask, change: Change) -> None:
    """Even one that no exclusion has ended."""
    page = browser(shop, factories.user())
    assert page.get("/me").status_code == 200
    change("UPDATE real_users SET self_excluded_until = now() + interval '1 day'")
    assert page.get("/me").status_code == 302


def test_no_new_account_in_the_same_browser(shop: Flask, change: Change) -> None:
    page = leave(shop, factories.user())
    form = {
        "step": "3", "username": "somebody_new", "location": "Nairobi", "gender": "male", "age": "30",
        "looking_for": "both", "password": PASSWORD, "confirmPassword": PASSWORD, "consent": "yes",
    }  # fmt: skip
    assert "in this browser" in page.get("/login").get_data(as_text=True)
    for answer in (page.get("/get-started"), page.post("/get-started", data=form)):
        assert answer.status_code == 423 and "Not in this browser" in answer.get_data(as_text=True)
    other = browser(shop)
    other.set_cookie("fantooo_device", "made-up")
    assert other.get("/get-started").status_code == 200
    # Who has an account may use the device; it is theirs too.
    ben = factories.user(username="ben_o")
    assert ben and log_in(page, "ben_o").status_code == 303
    change("UPDATE exclusion_marks SET until = now()")
    assert browser(shop).get("/get-started").status_code == 200


def prove(account_id: UUID, address: str) -> None:
    """Gives somebody an address and confirms it."""
    assert addresses.confirm(factories.email(account_id, address)) == "confirmed"


def test_only_hashes_are_kept(shop: Flask, paystack: PaystackSimulator, change: Change) -> None:
    anna = factories.user()
    prove(me(anna), "anna@example.com")
    bought = buy(anna, factories.package(), channel="mpesa", phone=PHONE)
    assert pay(change, paystack, bought, channel="mobile_money") == "success"
    leave(shop, anna)
    marks = {kind: bytes(mark) for kind, mark in change("SELECT kind, mark FROM exclusion_marks")}
    assert set(marks) == {"device", "email", "phone"}
    assert marks["phone"] == crypto.keyed_hash("payer phone", "254712345678")
    assert {len(mark) for mark in marks.values()} == {32}
    everything = change("SELECT t::text FROM transactions AS t") + change(
        "SELECT t::text FROM payer_marks AS t"
    )
    assert "712345678" not in str(everything)


def test_paying_with_an_excluded_phone_freezes_the_new_account(
    shop: Flask, paystack: PaystackSimulator, change: Change
) -> None:
    anna, package = factories.user(), factories.package()
    first = buy(anna, package, channel="mpesa", phone=PHONE)
    assert pay(change, paystack, first, channel="mobile_money") == "success"
    leave(shop, anna)
    ben = factories.user()
    tried = buy(ben, package, channel="mpesa", phone=PHONE)
    frozen = "SELECT spending_frozen_reason FROM real_users WHERE id = %s"
    assert change(frozen, me(ben)) == [(None,)], "a number that was only typed tells nothing"
    assert pay(change, paystack, tried, channel="mobile_money") == "success"
    assert change(frozen, me(ben)) == [("excluded_payer",)]
    assert change("SELECT credits FROM real_users WHERE id = %s", me(ben)) == [(60,)], "it was paid"
    with pytest.raises(SpendingPaused):
        buy(ben, package)
    outbox.deliver()
    told = change("SELECT type, subject_id, details FROM admin_notifications")
    assert told == [("security_alert", me(ben), {"recognised_by": "phone or card"})]
    # Somebody has looked and let go on: the same phone is not asked about again.
    change("UPDATE real_users SET spending_frozen_reason = NULL WHERE id = %s", me(ben))
    again = buy(ben, package, channel="mpesa", phone=PHONE)
    assert pay(change, paystack, again, channel="mobile_money") == "success"
    assert change(frozen, me(ben)) == [(None,)]


def test_paying_with_an_excluded_card(
    shop: Flask, paystack: PaystackSimulator, change: Change
) -> None:
    anna, ben, package = factories.user(), factories.user(), factories.package()
    mine = buy(anna, package)
    assert pay(change, paystack, mine, channel="card") == "success"
    kept = change("SELECT kind FROM payer_marks WHERE transaction_id = %s", mine)
    assert kept == [("card",)]
    leave(shop, anna)
    his = buy(ben, package)
    number = paystack.transaction(reference(change, his))["id"]
    change(
        "UPDATE exclusion_marks SET mark = %s WHERE kind = 'card'",
        crypto.keyed_hash("payer card", f"SIG_{number:020x}"),
    )
    assert pay(change, paystack, his, channel="card") == "success"
    assert change("SELECT spending_frozen_reason FROM real_users WHERE id = %s", me(ben)) == [
        ("excluded_payer",)
    ]


def test_a_late_payment_of_who_has_left_is_credited_and_marks_what_paid_it(
    shop: Flask, paystack: PaystackSimulator, change: Change
) -> None:
    anna = factories.user()
    begun = buy(anna, factories.package(), channel="mpesa", phone=PHONE)
    leave(shop, anna)
    assert change("SELECT kind FROM exclusion_marks") == [("device",)]
    assert pay(change, paystack, begun, channel="mobile_money") == "success"
    assert change("SELECT kind FROM exclusion_marks ORDER BY kind") == [("device",), ("phone",)]
    assert change("SELECT spending_frozen_reason FROM real_users") == [(None,)], "it is their own"


def test_an_unconfirmed_address_only_tells_admins(shop: Flask, change: Change) -> None:
    anna, ben, carl = factories.user(), factories.user(), factories.user()
    prove(me(anna), "anna@example.com")
    addresses.change(me(carl), email="carl@example.com", present=PASSWORD)
    leave(shop, anna)
    leave(shop, carl)
    for email in ("ben@example.com", "carl@example.com"):
        addresses.change(me(ben), email=email, present=PASSWORD)
    outbox.deliver()
    assert change("SELECT count(*) FROM admin_notifications") == [(0,)]
    addresses.change(me(ben), email="anna@example.com", present=PASSWORD)
    outbox.deliver()
    assert change("SELECT subject_id FROM admin_notifications") == [(me(ben),)]
    assert change("SELECT spending_frozen_reason FROM real_users WHERE id = %s", me(ben)) == [
        (None,)
    ]


# The word about the time


def used(change: Change, viewer: Viewer, seconds: int) -> None:
    with acting_as(viewer):
        stretches.note(me(viewer))
    change(
        "UPDATE active_stretches SET began_at = now() - interval '2 hours', active_seconds = %s"
        " WHERE real_user_id = %s",
        seconds,
        me(viewer),
    )


def test_after_an_hour_of_use_it_is_said_once(shop: Flask, change: Change) -> None:
    factories.set_setting("evening_multiplier", 1)  # so that it is the same at any time of day
    anna = factories.user(50)
    chat = factories.open_chat(anna)
    for _ in range(5):
        factories.send(anna, chat)
    factories.purchase(me(anna))
    page = browser(shop, anna)
    used(change, anna, 3599)
    assert page.get("/me/time").get_json() == {"due": False}
    assert page.post("/me/time", headers=PART).status_code == 204
    used(change, anna, 3900)
    assert page.get("/me/time").get_json() == {"due": True}
    shown = page.get("/chats").get_data(as_text=True)
    assert "data-time-is-due" in shown and "<noscript>" in shown, "without scripts it is a line"
    assert "1 hour 5 minutes" in shown
    said = page.post("/me/time", headers=PART)
    words = said.get_data(as_text=True)
    assert said.status_code == 200 and "1 hour 5 minutes" in words
    assert "2 credits" in words and "400&nbsp;KES" in words
    assert page.post("/me/time", headers=PART).status_code == 204
    assert page.get("/me/time").get_json() == {"due": False}
    assert "data-time-is-due" not in page.get("/chats").get_data(as_text=True)


def test_without_scripts_going_on_is_a_button(shop: Flask, change: Change) -> None:
    anna = factories.user()
    page = browser(shop, anna)
    used(change, anna, 4000)
    answer = page.post("/me/time", data={"next": "/chats?"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/chats")
    assert page.get("/me/time").get_json() == {"due": False}
    assert (
        page.post("/me/time", data={"next": "//elsewhere.example"}).headers["Location"]
        == "/discover"
    )


def test_what_counts_as_use(shop: Flask, change: Change) -> None:
    anna = factories.user()
    chat = factories.open_chat(anna)
    page = browser(shop, anna)
    seen = "SELECT count(*) FROM active_stretches"
    page.get("/chats/unread", headers=PART)
    page.get(f"/chat/{chat}/changes?after=0", headers=JSON)
    page.get("/me/time", headers=JSON)
    page.put(f"/chat/{chat}/draft", data={"content": "half"})
    page.get("/how-it-works")
    assert change(seen) == [(0,)], "what pages do by themselves is no use"
    page.get("/discover")
    assert change(seen) == [(1,)]
    change(
        "UPDATE active_stretches SET began_at = now() - interval '1 hour', last_at = now() - interval '10 minutes'"
    )
    page.post("/me/language", data={"language": "sw"})
    [(seconds,)] = change("SELECT active_seconds FROM active_stretches")
    assert 600 <= seconds <= 610
    before = change("SELECT last_at FROM active_stretches")
    page.get("/discover")
    assert change("SELECT last_at FROM active_stretches") == before, "noted once a minute"
