"""What admins do with packages and promo codes, and what they see of how they sell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from fantooo.domain import buying
from fantooo.domain.errors import NotFound
from fantooo.extensions import db
from fantooo.infra.database import acting_as
from fantooo.models import AuditEntry, CreditPackage, PromoCode
from fantooo.queries import payments as reads
from fantooo.services import credits
from tests.integration.test_buying import _superuser, account_of, buy, row
from tests.integration.test_payment_admin import rows
from tests.support import factories
from tests.support.paystack import PaystackSimulator

PACKAGE = {"name": "Evening", "credits": "50", "price": "400", "bonus_credits": "0"}
CODE = {"code": "karibu20", "kind": "percent", "value": "20", "per_user_limit": "1"}


@pytest.fixture
def shop(make_app: Callable[..., Flask], paystack: PaystackSimulator) -> Iterator[Flask]:
    app = make_app(**paystack.settings)
    # What migrations put on offer is out of the way.
    with app.app_context():
        _superuser("DELETE FROM credit_packages")
        yield app
        db.session.remove()
        assert credits.verify_ledger() == []
        db.session.remove()


@pytest.fixture
def admin(shop: Flask) -> Any:
    return shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]


def only(model: Any) -> Any:
    found = rows(select(model))
    assert len(found) == 1
    return found[0]


def deeds(action: str) -> list[tuple[Any, Any]]:
    """Before and after of every such entry of the audit log, in order."""
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
    return [(entry.before, entry.after) for entry in rows(query)]


def offered(viewer: Any) -> list[buying.Package]:
    with acting_as(viewer):
        found = reads.packages(account_of(viewer), "free")
        db.session.rollback()
    return found


def test_a_package_is_made_changed_and_switched_off(shop: Flask, admin: Any) -> None:
    anna = factories.user()
    form = PACKAGE | {"badge_text": "Most chosen size", "is_featured": "yes"}
    assert admin.post("/admin/packages/new", data=form).status_code == 303
    made = only(CreditPackage)
    assert (made.currency, made.is_featured, made.valid_until) == ("KES", True, None)
    assert deeds("package_made")[0][1]["price"] == "400.00"
    bought = buy(anna, made.id)
    here = f"/admin/packages/{made.id}"
    assert 'value="400"' in admin.get(here).text
    assert admin.post(here, data=PACKAGE | {"price": "450", "credits": "40"}).status_code == 303
    kept = row(bought.id)
    assert (kept.amount, kept.credits_amount, kept.package_snapshot["price"]) == (400, 50, "400.00")  # type: ignore[index]
    assert [offer.label for offer in offered(anna)] == ["40 Credits - 450 KES"]
    before, after = deeds("package_changed")[0]
    assert (before["price"], after["price"], before["badge_text"], after["badge_text"]) == (
        "400.00", "450.00", "Most chosen size", None,
    )  # fmt: skip
    assert admin.post(f"{here}/switch", data={"on": "off"}).status_code == 303
    assert offered(anna) == []
    with pytest.raises(NotFound):
        buy(anna, made.id)
    admin.post(f"{here}/switch", data={"on": "off"})
    admin.post(f"{here}/switch", data={"on": "on"})
    assert len(offered(anna)) == 1
    assert [(b["is_active"], a["is_active"]) for b, a in deeds("package_changed")] == [
        (True, True), (True, False), (False, True),
    ]  # fmt: skip
    assert {
        entry.actor_id is None
        for entry in rows(select(AuditEntry).where(AuditEntry.action.like("package%")))
    } == {False}


def test_nothing_changed_is_no_entry(shop: Flask, admin: Any) -> None:
    package = factories.package()
    page = admin.get(f"/admin/packages/{package}").text
    fields = dict(re.findall(r'<input id="([^"]+)"(?![^>]*checkbox)[^>]* value="([^"]*)"', page))
    assert len(fields) == 8
    assert admin.post(f"/admin/packages/{package}", data=fields).status_code == 303
    assert deeds("package_changed") == []


def test_what_is_wrong_stands_beside_its_field(shop: Flask, admin: Any) -> None:
    answer = admin.post("/admin/packages/new", data=PACKAGE | {"price": "2", "name": "<i>"})
    assert answer.status_code == 400
    assert (
        "Enter an amount from 3 to 1,000,000" in answer.text and 'value="&lt;i&gt;"' in answer.text
    )
    answer = admin.post("/admin/promos/new", data=CODE | {"value": "95", "code": "no good!"})
    assert answer.status_code == 400
    assert "from 1 to 90" in answer.text and "Use 3 to 20 letters" in answer.text
    assert rows(select(CreditPackage)) == rows(select(PromoCode)) == []


def test_a_discount_needs_a_price_really_asked(shop: Flask, admin: Any) -> None:
    anna = factories.user()
    refused = admin.post("/admin/packages/new", data=PACKAGE | {"discount_percentage": "10"})
    assert refused.status_code == 400 and "there was none" in refused.text
    package = factories.package(price=500)
    here = f"/admin/packages/{package}"
    refused = admin.post(here, data=PACKAGE | {"discount_percentage": "21"})
    assert refused.status_code == 400 and "at most 20 %" in refused.text
    assert admin.post(here, data=PACKAGE | {"discount_percentage": "20"}).status_code == 303
    until = only(CreditPackage).discount_until
    assert timedelta(days=29) < until - datetime.now(UTC) <= timedelta(days=30)
    page = shop.test_client().become(anna).get("/credits").text  # type: ignore[attr-defined]
    assert "20% less than before" in page
    # A later change keeps it as long as the old price was asked, and no longer.
    form = PACKAGE | {"discount_percentage": "20", "name": "Eve"}
    assert admin.post(here, data=form).status_code == 303
    assert abs(only(CreditPackage).discount_until - until) < timedelta(seconds=1)
    _superuser("UPDATE credit_packages SET discount_until = now() - interval '1 second'")
    assert offered(anna)[0].discount_percentage == 0
    _superuser("ALTER TABLE audit_log DISABLE TRIGGER ALL")
    _superuser("UPDATE audit_log SET created_at = created_at - interval '31 days'")
    _superuser("ALTER TABLE audit_log ENABLE TRIGGER ALL")
    assert admin.post(here, data=PACKAGE | {"discount_percentage": "20"}).status_code == 400


def test_what_has_ended_is_not_switched_on(shop: Flask, admin: Any) -> None:
    now = datetime.now(UTC)
    ended = {
        "valid_from": now - timedelta(2),
        "valid_until": now - timedelta(1),
        "is_active": False,
    }
    package, promo = factories.package(**ended), factories.promo(**ended)
    for path in (f"packages/{package}", f"promos/{promo}"):
        answer = admin.post(f"/admin/{path}/switch", data={"on": "on"})
        assert (answer.status_code, "has ended" in answer.text) == (400, True)
    for page in ("packages", "promos"):
        assert "Ended" in admin.get(f"/admin/{page}").text


def test_variants_are_for_one_half_of_new_buyers(shop: Flask) -> None:
    everybody = factories.package(name="All")
    halves = {half: factories.package(name=half, price=300, variant=half) for half in buying.HALVES}
    seen: dict[str, UUID] = {}
    while set(seen) != set(buying.HALVES):
        viewer = factories.user()
        half = buying.half_of(account_of(viewer))
        seen[half] = account_of(viewer)
        assert [offer.id for offer in offered(viewer)] == [halves[half], everybody]
        other = next(id_ for key, id_ in halves.items() if key != half)
        with pytest.raises(NotFound):
            buy(viewer, other)
        factories.purchase(account_of(viewer), halves[half])
        assert [offer.id for offer in offered(viewer)] == [everybody]


def test_a_code_is_made_once_and_switched_off(shop: Flask, admin: Any) -> None:
    form = CODE | {"max_uses": "5", "budget_amount": "1000", "min_price": "200", "first_purchase_only": "yes", "valid_until": "2099-12-31T23:59"}  # fmt: skip
    assert admin.post("/admin/promos/new", data=form).status_code == 303
    made = only(PromoCode)
    assert (made.code, made.value, made.max_uses, made.budget_amount, made.first_purchase_only) == (
        "KARIBU20", 20, 5, Decimal(1000), True,
    )  # fmt: skip
    assert deeds("promo_code_made")[0][1]["code"] == "KARIBU20"
    again = admin.post("/admin/promos/new", data=CODE | {"code": "Karibu20"})
    assert again.status_code == 400 and "There is a code of that name already" in again.text
    anna, ben, package = factories.user(), factories.user(), factories.package()
    factories.purchase(account_of(anna), package, promo=made.id)
    factories.purchase(account_of(ben), package, promo=made.id, paid=False)
    page = " ".join(re.sub(r"<[^>]+>", " ", admin.get("/admin/promos").text).split())
    for told in ("KARIBU20 Active 20 % off", "packages from 200 KES", "1 of 5 1 reserved", "160 of 1,000 KES", "First purchase once each", "until 31 Dec 2099, 23:59 EAT", "Ada"):  # fmt: skip
        assert told in page
    assert admin.post(f"/admin/promos/{made.id}/switch", data={"on": "off"}).status_code == 303
    assert not only(PromoCode).is_active
    assert deeds("promo_code_switched_off") == [({"is_active": True}, {"is_active": False})]
    assert (
        admin.post(f"/admin/promos/{anna.account_id}/switch", data={"on": "off"}).status_code == 404
    )


def test_the_lists_say_how_it_sells(shop: Flask, admin: Any) -> None:
    assert "Nothing is on offer" in admin.get("/admin/packages").text
    assert "No promo codes yet" in admin.get("/admin/promos").text
    package = factories.package(badge_text="Most chosen size", variant="a", bonus_credits=5)
    for paid in (True, True, False):
        buyer = next(v for v in iter(factories.user, None) if buying.half_of(account_of(v)) == "a")
        factories.purchase(account_of(buyer), package, paid=paid)
    page = " ".join(re.sub(r"<[^>]+>", " ", admin.get("/admin/packages").text).split())
    for told in ("50 Credits - 400 KES", "Most chosen size", "New buyers, half a", "Bonus +5", "Bought 2 800 KES"):  # fmt: skip
        assert told in page


def test_the_navigation_leads_there(shop: Flask, admin: Any) -> None:
    page = admin.get("/admin/dashboard").text
    links = [f'href="/admin/{name}"' for name in ("payments", "packages", "promos")]
    assert all(link in page for link in links)
    moderator = shop.test_client().become(factories.admin("moderator"))  # type: ignore[attr-defined]
    page = moderator.get("/admin/dashboard").text
    assert not any(link in page for link in links)
    assert moderator.get("/admin/packages").status_code == 403


def test_a_code_gives_no_more_than_one_admin_may(shop: Flask, admin: Any) -> None:
    """Else whoever makes codes has no second admin for what they give away."""
    for value, status in (("201", 400), ("200", 303)):
        answer = admin.post("/admin/promos/new", data=CODE | {"kind": "bonus", "value": value})
        assert answer.status_code == status
        assert ("needs a second admin" in answer.text) is (status == 400)
