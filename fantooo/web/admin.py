"""The admins' pages: how things stand, live; payments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fantooo.domain import wording
from fantooo.domain.errors import ValidationError
from fantooo.queries import (
    alerts as alert_reads,
    dashboard as figures,
    disputes,
    giving,
    payment_admin,
    refunds,
    settings,
)
from fantooo.services import alerts as alert_work, money_refunds, payment_review
from fantooo.web import forms, guards
from fantooo.web.giving import WAITS
from fantooo.web.templating import span

_AMOUNT = re.compile(r"-?(\d{1,9}|\d{1,3}(,\d{3}){1,2})(\.\d{1,2})?", re.ASCII)

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@dataclass(frozen=True)
class Tile:
    """One figure with its name, and what it means."""

    key: str
    label: str
    value: str
    hint: str
    #: where its rows are, where such a page is open to the viewer
    href: str = ""


@blueprint.get("/dashboard")
def dashboard() -> ResponseReturnValue:
    """The dashboard with its tiles."""
    return render_template("pages/admin/dashboard.html", tiles=_tiles())


@blueprint.get("/dashboard/tiles")
def tiles() -> ResponseReturnValue:
    """The tiles alone; the dashboard asks for them every few seconds."""
    return render_template("partials/admin/tiles.html", tiles=_tiles())


@blueprint.get("/alerts")
def alerts() -> ResponseReturnValue:
    """What admins are told of, until somebody has dealt with it."""
    return render_template(
        "pages/admin/alerts.html", alerts=alert_reads.unsettled(payments=_looks_after_payments())
    )


@blueprint.post("/alerts/<uuid:alert_id>")
def settle_alert(alert_id: UUID) -> ResponseReturnValue:
    """Marks one as dealt with."""
    alert_work.settle(alert_id, guards.account_id(), payments=_looks_after_payments())
    return redirect(url_for("admin.alerts"), 303)


def _looks_after_payments() -> bool:
    return "manage_payments" in guards.me().permissions


@blueprint.get("/payments")
def payments() -> ResponseReturnValue:
    """The day, what does not fit, and purchases, newest first."""
    wish = payments_wished(request.args)
    lines = payment_admin.found(wish, before=forms.uuid_argument("before"))
    return render_template(
        "pages/admin/payments.html",
        day=payment_admin.day(),
        odd=payment_admin.odd(),
        settled=payment_admin.settled(),
        fixes=payment_review.FIXES,
        waiting=giving.waiting(),
        lines=lines,
        older=lines[-1].id if len(lines) == payment_admin.PAGE else None,
        statuses=payment_admin.STATUSES,
        channels=payment_admin.CHANNELS,
        wish=wish,
        unread=unread_wishes(request.args, wish),
    )


def payments_wished(given: Mapping[str, str]) -> payment_admin.Wish:
    """Which purchases a form asks for; what cannot be read is not asked for."""
    return payment_admin.Wish(
        status=given.get("status", ""),
        channel=given.get("channel", ""),
        text=given.get("text", "").strip()[:100],
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        amount=_amount_or_none(given.get("amount", "")),
        review=given.get("review") == "1",
    )


def unread_wishes(given: Mapping[str, str], wish: payment_admin.Wish) -> list[str]:
    """Labels of the fields of that form that could not be read, which the list must not hide."""
    unread = [
        label
        for name, label in (("since", "From"), ("until", "To"), ("amount", "Amount"))
        if given.get(name, "").strip() and getattr(wish, name) is None
    ]
    if wish.status not in ("", *payment_admin.STATUSES):
        unread.append("State")
    if wish.channel not in ("", *payment_admin.CHANNELS):
        unread.append("Method")
    return unread


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


@blueprint.get("/payments/<uuid:transaction_id>")
def payment(transaction_id: UUID) -> ResponseReturnValue:
    """One payment with everything that happened to it."""
    story = payment_admin.story(transaction_id)
    return render_template(
        "pages/admin/payment.html",
        story=story,
        waiting=giving.waiting(),
        refunds=refunds.of_purchase(transaction_id),
        disputes=disputes.of_purchase(transaction_id),
        purse=story.purse,
        left=story.left,
        taken=story.whole,
        may_refund=story.left > 0,
        alone=Decimal(settings.current().approval_amount),
        key=uuid4(),
    )


@blueprint.post("/payments/<uuid:transaction_id>/refund")
def refund_payment(transaction_id: UUID) -> ResponseReturnValue:
    """Gives a payment back, or a part of it."""
    outcome = money_refunds.refund(
        purchase_id=transaction_id,
        admin_id=guards.account_id(),
        amount=_amount(request.form.get("amount", "")),
        reason=request.form.get("reason", ""),
        goodwill=request.form.get("goodwill") == "yes",
        key=forms.uuid_field("key"),
    )
    flash(WAITS if outcome == "waiting" else "The refund has begun. The person has been told.")
    return redirect(url_for("admin.payment", transaction_id=transaction_id), 303)


@blueprint.post("/payments/<uuid:transaction_id>/verify")
def verify_payment(transaction_id: UUID) -> ResponseReturnValue:
    """Asks the provider about a payment, and books what it says."""
    status = payment_review.verify(transaction_id, guards.account_id())
    flash(f"Checked with Paystack. The payment is now: {wording.in_words(status).lower()}.")
    return redirect(url_for("admin.payment", transaction_id=transaction_id), 303)


@blueprint.post("/payments/<uuid:transaction_id>/replay")
def replay_payment(transaction_id: UUID) -> ResponseReturnValue:
    """Processes every announcement about a payment again."""
    count = payment_review.replay(transaction_id, guards.account_id())
    flash(f"Webhooks reprocessed: {count}.")
    return redirect(url_for("admin.payment", transaction_id=transaction_id), 303)


@blueprint.post("/payments/<uuid:transaction_id>/decide")
def decide_payment(transaction_id: UUID) -> ResponseReturnValue:
    """Ends the review of a payment: it is not credited, and goes back."""
    done = payment_review.turn_down(
        transaction_id, guards.account_id(), request.form.get("reason", "")
    )
    flash(done)
    return redirect(url_for("admin.payment", transaction_id=transaction_id), 303)


@blueprint.post("/payments/exceptions/<uuid:exception_id>")
def settle_exception(exception_id: UUID) -> ResponseReturnValue:
    """Marks something that did not fit as dealt with."""
    payment_review.settle_exception(
        exception_id, guards.account_id(), request.form.get("reason", "")
    )
    return redirect(url_for("admin.payments"), 303)


@blueprint.post("/payments/exceptions/<uuid:exception_id>/fix")
def fix_exception(exception_id: UUID) -> ResponseReturnValue:
    """Does what helps against something that did not fit."""
    flash(payment_review.fix(exception_id, guards.account_id()))
    return redirect(url_for("admin.payments"), 303)


def _amount(typed: str) -> Decimal:
    """An amount of money as people type it. Raises ``ValidationError``."""
    amount = _amount_or_none(typed)
    if amount is None:
        raise ValidationError({"amount": "Enter an amount, such as 400 or 99.50"})
    return amount


def _amount_or_none(typed: str) -> Decimal | None:
    # A comma parts thousands; "100,00" is not ten thousand.
    if _AMOUNT.fullmatch(typed.strip()) is None:
        return None
    return Decimal(typed.replace(",", "").strip())


def _tiles() -> list[Tile]:
    now = figures.figures(payments=_looks_after_payments())
    money = _looks_after_payments()
    return [
        Tile("waiting", "Waiting chats", f"{now.waiting:,}", "Chats in the queue"),
        Tile("oldest", "Longest wait", span(now.oldest_wait_seconds), "Of the chats in the queue"),
        Tile(
            "available",
            "Operators available",
            f"{now.operators_available:,}",
            f"{now.operators_online:,} online",
        ),
        Tile("held", "Active chats", f"{now.chats_held:,}", "Held by an operator now"),
        Tile("minute", "Messages", f"{now.messages_last_minute:,}", "In the last minute"),
        Tile(
            "used",
            "Credits used",
            f"{now.credits_used_today:,}",
            "Since midnight, Nairobi",
            url_for("admin.days") if money else "",
        ),
        Tile(
            "outstanding",
            "Credits outstanding",
            f"{now.credits_outstanding:,}",
            "In all wallets, bonus and bought",
            url_for("admin.days") if money else "",
        ),
        Tile("users", "Users", f"{now.users:,}", "Registered"),
        Tile("characters", "Characters", f"{now.characters:,}", "Published"),
        Tile(
            "alerts",
            "Open alerts",
            f"{now.open_alerts:,}",
            "Not resolved yet",
            url_for("admin.alerts"),
        ),
    ]
