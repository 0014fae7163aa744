"""Credits of one message: asked for, decided, given back once; what a second admin decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from fantooo.domain.errors import NotFound, ValidationError
from fantooo.domain.events import BalanceChanged
from fantooo.domain.viewer import Viewer
from fantooo.extensions import db
from fantooo.infra import bus
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import Approval, AuditEntry, CreditRefund, LoyaltyEntry, RealUser
from fantooo.services import approving, credits, grants, message_refunds, refunds
from tests.conftest import Clock
from tests.support import factories


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What users were told, live."""
    heard: list[str] = []
    real = bus.publish

    def publish(event: Any) -> None:
        if isinstance(event, BalanceChanged) and event.notice:
            heard.append(event.notice)
        real(event)

    monkeypatch.setattr("fantooo.infra.unit_of_work.bus.publish", publish)
    return heard


@pytest.fixture
def house(app: Flask, clock: Clock) -> Iterator[Flask]:
    """Noon in Nairobi; the ledger must add up when the test ends."""
    clock.set(datetime(2026, 11, 24, 9, tzinfo=UTC))
    yield app
    db.session.remove()
    assert credits.verify_ledger() == []


class Paid:
    """Somebody with ten bonus credits who paid for a message."""

    def __init__(self, price: int = 1) -> None:
        factories.set_setting("price_text", price)
        self.viewer = factories.user()
        self.chat = factories.open_chat(self.viewer)
        for _ in range(3):
            factories.send(self.viewer, self.chat)
        self.message = factories.send(self.viewer, self.chat, "Oops").event.message_id
        self.path = f"/chat/{self.chat}/messages/{self.message}/refund"

    def ask(self, **changes: Any) -> UUID:
        assert self.viewer.account_id
        given = {
            "account_id": self.viewer.account_id,
            "chat_id": self.chat,
            "message_id": self.message,
            "reason": "accidental_send",
            "words": "wrong chat",
            **changes,
        }
        return message_refunds.ask(**given)

    @property
    def wallet(self) -> RealUser:
        found: RealUser = rows(select(RealUser).where(RealUser.id == self.viewer.account_id))[0]
        return found


def rows(query: Any) -> list[Any]:
    with unit_of_work(as_system=True) as work:
        found = list(work.session.scalars(query))
        work.session.expunge_all()
    return found


def refund_row(message: UUID) -> CreditRefund:
    query = select(CreditRefund).where(CreditRefund.message_id == message)
    found: CreditRefund = rows(query.order_by(CreditRefund.id.desc()))[0]
    return found


def deeds() -> list[str]:
    found = [each.action for each in rows(select(AuditEntry).order_by(AuditEntry.id))]
    return [each for each in found if each != "admin_created"]


def admin_id(viewer: Viewer | None = None) -> UUID:
    account = (viewer or factories.admin("admin")).account_id
    assert account
    return account


def test_asking_deciding_and_being_told(house: Flask, told: list[str]) -> None:
    paid = Paid()
    assert (paid.wallet.credits, paid.wallet.loyalty_points) == (9, 1)
    browser = house.test_client().become(paid.viewer)  # type: ignore[attr-defined]
    assert paid.path in browser.get(f"/chat/{paid.chat}").text, "the message's menu leads there"
    page = browser.get(paid.path).text
    assert "Oops" in page and "1 credit" in page
    assert browser.post(paid.path, data={"words": "x"}).status_code == 400
    form = {"reason": "accidental_send", "words": "wrong chat"}
    assert browser.post(paid.path, data=form).status_code == 303
    assert "We are looking at it" in browser.get(paid.path).text
    assert browser.post(paid.path, data=form).status_code == 400, "once is enough"
    admin = house.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    queue = admin.get("/admin/refunds").text
    assert "wrong chat" in queue and "Oops" not in queue
    made = refund_row(paid.message)
    read = f"/admin/refunds/{made.id}/message"
    assert admin.post(read, data={"reason": " "}).status_code == 400
    assert "Oops" in admin.post(read, data={"reason": "to decide"}).text
    here = f"/admin/refunds/{made.id}"
    assert admin.post(here, data={"decision": "complete", "notes": ""}).status_code == 400
    assert admin.post(here, data={"decision": "x", "notes": "y"}).status_code == 400
    assert paid.wallet.credits == 9
    assert admin.post(here, data={"decision": "complete", "notes": "Sure."}).status_code == 303
    wallet = paid.wallet
    assert (wallet.credits, wallet.bonus_credits, wallet.loyalty_points) == (10, 10, 0)
    made = refund_row(paid.message)
    assert (made.status, made.notes, made.requested_by_user) == ("completed", "Sure.", True)
    assert told == ["Back in your balance: 1 credit. Sure."]
    assert deeds() == ["message_read", "message_refunded"]
    assert admin.post(here, data={"decision": "reject", "notes": "No"}).status_code == 400
    assert "Sure." in browser.get(paid.path).text
    assert "Sure." in admin.get("/admin/refunds").text


def test_a_refusal_moves_nothing_and_is_told(house: Flask, told: list[str]) -> None:
    paid = Paid()
    made = paid.ask()
    message_refunds.reject(made, admin_id(), "It was answered.")
    assert paid.wallet.credits == 9
    assert told == ["We could not give 1 credit back: It was answered."]
    assert deeds() == ["message_refund_rejected"]
    browser = house.test_client().become(paid.viewer)  # type: ignore[attr-defined]
    assert "It was answered." in browser.get(paid.path).text
    with pytest.raises(ValidationError, match="decided about this message already"):
        paid.ask()
    # At somebody's discretion it may come back all the same.
    assert message_refunds.give(paid.message, admin_id(), "On second thought") == "completed"
    assert paid.wallet.credits == 10


def test_only_own_charged_messages(house: Flask) -> None:
    paid = Paid()
    stranger = factories.user()
    with pytest.raises(NotFound):
        paid.ask(account_id=stranger.account_id)
    with pytest.raises(NotFound):
        paid.ask(chat_id=factories.open_chat(stranger))
    with pytest.raises(NotFound):
        paid.ask(message_id=uuid4())
    with pytest.raises(ValidationError):
        paid.ask(reason="unanswered")
    with pytest.raises(ValidationError):
        paid.ask(words="x" * 501)
    free = factories.send(stranger, factories.open_chat(stranger)).event.message_id
    with pytest.raises(NotFound):
        message_refunds.give(free, admin_id(), "It was free")
    browser = house.test_client().become(stranger)  # type: ignore[attr-defined]
    assert browser.get(paid.path).status_code == 404
    assert browser.post(paid.path, data={"reason": "system_error"}).status_code == 404


def test_given_at_discretion_once_with_its_bonus_part(house: Flask) -> None:
    paid = Paid(price=4)
    assert paid.viewer.account_id
    factories.purchase(paid.viewer.account_id)
    second = factories.send(paid.viewer, paid.chat).event.message_id
    third = factories.send(paid.viewer, paid.chat).event.message_id  # 2 given, 2 bought
    assert (paid.wallet.credits, paid.wallet.bonus_credits) == (48, 0)
    admin = factories.admin("admin")
    browser = house.test_client().become(admin)  # type: ignore[attr-defined]
    here = f"/admin/users/{paid.viewer.account_id}"
    assert "4 credits" in browser.get(f"{here}/credits").text
    form = {"notes": "Our fault"}
    for _ in range(2):
        browser.post(f"{here}/charges/{third}", data=form)
    wallet = paid.wallet
    assert (wallet.credits, wallet.bonus_credits) == (52, 2), "once, and as it was paid"
    with pytest.raises(ValidationError, match="back already"):
        message_refunds.give(third, admin_id(admin), "again")
    message_refunds.give(second, admin_id(admin), "that too")
    assert (paid.wallet.credits, paid.wallet.bonus_credits) == (56, 6)
    points = rows(select(LoyaltyEntry).where(LoyaltyEntry.real_user_id == wallet.id))
    assert sorted(each.points for each in points) == [-4, -4]
    assert (refund_row(third).reason, refund_row(third).requested_by_user) == (
        "admin_discretion", False,
    )  # fmt: skip


def test_what_comes_back_by_itself_has_its_row(house: Flask, told: list[str]) -> None:
    paid = Paid()
    asked = paid.ask()
    other = factories.send(paid.viewer, paid.chat).event.message_id
    late = datetime.now(UTC) + timedelta(minutes=31)
    assert refunds.return_unanswered(late) == 2
    assert refunds.return_unanswered(late) == 0
    assert [
        (row.status, row.reason, row.processed_by, row.requested_by_user)
        for row in (refund_row(paid.message), refund_row(other))
    ] == [
        ("completed", "unanswered", None, True),
        ("completed", "unanswered", None, False),
    ]
    assert paid.wallet.credits == 10
    with pytest.raises(ValidationError, match="back already"):
        message_refunds.complete(asked, admin_id(), "Sure")
    with pytest.raises(ValidationError, match="back already"):
        paid.ask()


def test_what_an_admin_gave_back_does_not_come_back_by_itself(house: Flask) -> None:
    paid = Paid()
    message_refunds.give(paid.message, admin_id(), "Our fault")
    assert refunds.return_unanswered(datetime.now(UTC) + timedelta(minutes=31)) == 0


def test_above_the_set_amount_a_second_admin_decides(house: Flask) -> None:
    factories.set_setting("approval_credits", 3)
    paid = Paid(price=4)
    made = paid.ask()
    first, second = factories.admin("admin"), factories.admin("admin")
    one = house.test_client().become(first)  # type: ignore[attr-defined]
    other = house.test_client().become(second)  # type: ignore[attr-defined]
    form = {"decision": "complete", "notes": "Sure."}
    assert (
        "second admin must approve it"
        in one.post(f"/admin/refunds/{made}", data=form, follow_redirects=True).text
    )
    assert paid.wallet.credits == 6
    for path in ("/admin/refunds", "/admin/approvals"):
        assert "Sure." in one.get("/admin/approvals").text, path
    assert one.post(f"/admin/refunds/{made}", data=form).status_code == 400, "it waits already"
    refused = {"decision": "reject", "notes": "No"}
    assert other.post(f"/admin/refunds/{made}", data=refused).status_code == 400
    wish = rows(select(Approval))[0]
    assert (wish.kind, wish.amount, wish.unit) == ("message_refund", 4, "credits")
    here = f"/admin/approvals/{wish.id}"
    agree = {"decision": "approve", "reason": "Looks right"}
    assert "You requested this" in one.post(here, data=agree).text
    assert other.post(here, data={"decision": "approve", "reason": ""}).status_code == 400
    assert other.post(here, data={"decision": "?", "reason": "x"}).status_code == 400
    assert paid.wallet.credits == 6
    assert other.post(here, data=agree).status_code == 303
    assert paid.wallet.credits == 10
    assert other.post(here, data=agree).status_code == 400
    assert paid.wallet.credits == 10
    row = refund_row(paid.message)
    assert (row.status, row.processed_by, row.notes) == ("completed", second.account_id, "Sure.")
    assert "Looks right" in other.get("/admin/approvals").text
    assert deeds() == ["message_refund_proposed", "message_refunded", "approval_done"]


def test_a_refused_wish_leaves_the_request_open(house: Flask) -> None:
    factories.set_setting("approval_credits", 3)
    paid = Paid(price=4)
    made = paid.ask()
    assert message_refunds.complete(made, admin_id(), "Sure") == "waiting"
    wish = rows(select(Approval))[0]
    approving.reject(wish.id, admin_id(), "Not convinced")
    with pytest.raises(ValidationError, match="decided already"):
        approving.approve(wish.id, admin_id(), "Yes")
    assert (paid.wallet.credits, refund_row(paid.message).status) == (6, "pending")
    message_refunds.reject(made, admin_id(), "No")
    assert refund_row(paid.message).status == "rejected"


def test_what_cannot_be_done_any_more_stays_undecided(house: Flask) -> None:
    factories.set_setting("approval_credits", 3)
    paid = Paid(price=4)
    assert message_refunds.complete(paid.ask(), admin_id(), "Sure") == "waiting"
    refunds.return_unanswered(datetime.now(UTC) + timedelta(minutes=31))
    wish = rows(select(Approval))[0]
    with pytest.raises(ValidationError, match="decided already"):
        approving.approve(wish.id, admin_id(), "Yes")
    assert (rows(select(Approval))[0].status, paid.wallet.credits) == ("pending", 10)
    approving.reject(wish.id, admin_id(), "It came back by itself")


def test_granting(house: Flask, told: list[str]) -> None:
    anna = factories.user()
    assert anna.account_id
    first = factories.admin("admin")
    browser = house.test_client().become(first)  # type: ignore[attr-defined]
    here = f"/admin/users/{anna.account_id}/credits"
    key = browser.get(here).text.split('name="key" value="')[1].split('"')[0]
    form = {"amount": "20", "reason": "Sorry for the trouble", "key": key}
    for _ in range(2):
        assert browser.post(here, data=form).status_code == 303
    for wrong in ({"amount": "0"}, {"amount": "x"}, {"reason": ""}, {"amount": "100001"}):
        assert browser.post(here, data={**form, "key": str(uuid4()), **wrong}).status_code == 400
    wallet = rows(select(RealUser).where(RealUser.id == anna.account_id))[0]
    assert (wallet.credits, wallet.bonus_credits) == (30, 30)
    assert told == ["You were given 20 credits."]
    nobody = f"/admin/users/{uuid4()}/credits"
    assert browser.get(nobody).status_code == 404
    assert browser.post(nobody, data={**form, "key": str(uuid4())}).status_code == 404
    # Above the set amount nothing moves before a second admin agreed.
    big = {**form, "amount": "201", "key": str(uuid4())}
    assert browser.post(here, data=big).status_code == 303
    assert browser.post(here, data={**big, "key": str(uuid4())}).status_code == 400
    wish = rows(select(Approval))[0]
    assert rows(select(RealUser.credits).where(RealUser.id == anna.account_id)) == [30]
    with pytest.raises(ValidationError, match="another admin must decide"):
        approving.approve(wish.id, admin_id(first), "me")
    approving.approve(wish.id, admin_id(), "All right")
    assert rows(select(RealUser.credits).where(RealUser.id == anna.account_id)) == [231]
    assert deeds() == [
        "credits_granted", "credit_grant_proposed", "credits_granted", "approval_done",
    ]  # fmt: skip
    with pytest.raises(NotFound):
        approving.reject(uuid4(), admin_id(), "x")
    with pytest.raises(NotFound):
        grants.grant(user_id=uuid4(), admin_id=admin_id(), amount=1, reason="x", key=uuid4())


def test_four_eyes_hold_in_the_database(house: Flask, superuser: psycopg.Connection) -> None:
    anna, admin = factories.user(), factories.admin()
    with pytest.raises(psycopg.errors.CheckViolation, match="four_eyes"):
        superuser.execute(
            "INSERT INTO approvals (kind, subject_id, user_id, amount, unit, requested_by, status,"
            " decided_by, decided_at) VALUES ('credit_grant', %(u)s, %(u)s, 500, 'credits', %(a)s,"
            " 'done', %(a)s, now())",
            {"u": anna.account_id, "a": admin.account_id},
        )


def test_many_small_returns_are_one_sum(house: Flask) -> None:
    """What was granted and what messages brought back within a day count together."""
    factories.set_setting("approval_credits", 5)
    paid = Paid(price=2)
    more = [factories.send(paid.viewer, paid.chat, "Again").event.message_id for _ in range(2)]
    admin = factories.admin("admin").account_id
    assert admin
    grant = {
        "user_id": paid.viewer.account_id,
        "admin_id": admin,
        "reason": "Sorry",
        "key": uuid4(),
    }
    assert grants.grant(amount=1, **grant) == "given"
    given = [message_refunds.give(each, admin, "Sorry") for each in (paid.message, *more)]
    assert given == ["completed", "completed", "waiting"]
    assert grants.grant(amount=1, **grant | {"key": uuid4()}) == "waiting"
