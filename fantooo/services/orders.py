"""Ordering credits: our row first, then the provider's page or a prompt on the buyer's phone.

What becomes of an order is booked in services/payments.py. Locks: real_users before transactions.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

import structlog
from flask import current_app
from prometheus_client import Counter
from sqlalchemy import func, select

from fantooo.domain import buying, promos as promo_rules
from fantooo.domain.errors import PaymentFailed, PriceChanged, ValidationError
from fantooo.domain.promos import Offer
from fantooo.gateways import paystack
from fantooo.gateways.paystack import ProviderError, ProviderRefused
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import IdempotencyKey, Transaction
from fantooo.queries import payments as reads, settings
from fantooo.services import credits, exclusion, limits, payments, promos

log = structlog.get_logger(__name__)

Channel = Literal["checkout", "mpesa"]

STARTED = Counter("fantooo_purchases_started", "Purchases begun", ["channel"])

_UNREACHABLE = "We cannot reach Paystack right now. You were not charged; please try again."
_OTHER_PRICE = (
    "A price has changed since this page was made. You were not charged: look at it and pay again."
)
_MPESA_PHONE_DIGITS = 12


@dataclass(frozen=True)
class _Order:
    """A purchase as it was just written, or found under its key."""

    id: UUID
    reference: str
    amount: Decimal
    currency: str
    is_new: bool


def buy(
    *,
    account_id: UUID,
    package_id: UUID,
    key: UUID,
    channel: Channel,
    phone: str,
    return_to: str,
    callback_url: str,
    promo_code: str = "",
    shown: str = "",
) -> UUID:
    """Begins one purchase; returns its transaction's id, the same for the same ``key``.

    ``key`` is drawn with the page that shows the button: pressed twice it is one wish. So is the same
    package at the same price while the provider's page waits, in whichever tab; whatever else is begun
    for the package replaces what waits. ``shown`` is the ``Offer.shown`` that the page showed, if it did. Raises ``ValidationError`` for a phone
    number M-Pesa cannot have or a promo code that cannot be used, ``NotFound`` for a package that
    is not on offer, ``PriceChanged`` when it is offered otherwise than shown, ``SpendingPaused``
    when the buyer's own limit or break, or a freeze, is in the way, ``PaymentFailed`` when the
    provider cannot or will not take the payment. Nothing is ordered in any of these.
    """
    if not payments.is_open():
        raise PaymentFailed("Buying is not open yet.")
    number = mpesa_number(phone) if channel == "mpesa" else ""
    order = _write_order(account_id, package_id, key, channel, return_to, promo_code, shown)
    if not order.is_new:
        return order.id
    STARTED.labels(channel).inc()
    if channel == "mpesa":
        _ask_phone(order, account_id, number)
    else:
        _open_checkout(order, account_id, callback_url)
    return order.id


def mpesa_number(typed: str) -> str:
    """``254...`` from what people type (07.., 01.., +254..). Raises ``ValidationError``."""
    digits = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
    if len(digits) == 10 and digits.startswith(("07", "01")):
        digits = "254" + digits[1:]
    elif len(digits) == 9 and digits.startswith(("7", "1")):
        digits = "254" + digits
    if len(digits) != _MPESA_PHONE_DIGITS or not digits.startswith(("2547", "2541")):
        raise ValidationError({"phone": "Enter a Kenyan M-Pesa number, such as 0712 345 678"})
    return digits


def payer_email(account_id: UUID) -> str:
    """The address a person pays under: ours, always the same, and nobody can tell whose it is."""
    config = current_app.config["SETTINGS"]
    name = hmac.new(
        config.secret_key.encode(), b"payer:" + account_id.bytes, hashlib.sha256
    ).hexdigest()
    return f"u-{name[:20]}@{config.payment_mail_domain}"


def _write_order(
    account_id: UUID,
    package_id: UUID,
    key: UUID,
    channel: Channel,
    return_to: str,
    promo_code: str,
    shown: str,
) -> _Order:
    with unit_of_work(as_system=True) as work:
        wallet = credits.lock_wallet(work, account_id)
        earlier = work.session.get(IdempotencyKey, (account_id, key))
        if earlier is not None:
            made = work.session.get_one(Transaction, earlier.transaction_id)
            return _order(made, is_new=False)
        package = reads.package(package_id, account_id, wallet.user_tier)
        offer = promos.agree(work, wallet, package, promo_code) if promo_code else Offer(package)
        if shown and shown != offer.shown:
            raise PriceChanged(_OTHER_PRICE)
        same = None
        if channel == "checkout":
            # A phone is asked anew: the number may have been another's.
            same = _open_checkout_page(work, account_id, package.id, offer)
        if same is not None:
            # It counts already; whether its buyer may pay at all now is asked anew.
            limits.check_purchase(work, wallet, Decimal(0))
            return _order(same, is_new=False)
        # One wish is one payment: what this order replaces does not count beside it.
        twins = payments.open_twins(work, account_id, package.id)
        limits.check_purchase(work, wallet, offer.to_pay, without=[each.id for each in twins])
        made = Transaction(
            real_user_id=account_id,
            type="purchase",
            amount=offer.to_pay,
            currency=package.currency,
            credits_amount=package.credits,
            bonus_credits=offer.bonus,
            promo_code=offer.deal.code if offer.deal else None,
            discount_amount=offer.discount,
            reason=package.name,
            payment_provider=payments.PROVIDER,
            provider_reference=buying.new_reference(),
            channel=channel,
            return_to=return_to or None,
            package_id=package.id,
            package_snapshot=package.snapshot(),
        )
        work.session.add(made)
        work.session.flush()
        if offer.deal:
            promos.reserve(work, offer.deal, made)
        payments.replace(work, twins)
        work.session.add(IdempotencyKey(account_id=account_id, key=key, transaction_id=made.id))
        return _order(made, is_new=True)


def _open_checkout_page(
    work: UnitOfWork, account_id: UUID, package_id: UUID, offer: Offer
) -> Transaction | None:
    """The payment for the very same that waits on the provider's page: another tab means it too."""
    found = work.session.scalars(
        select(Transaction)
        .where(
            Transaction.real_user_id == account_id,
            Transaction.package_id == package_id,
            Transaction.promo_code.is_not_distinct_from(offer.deal.code if offer.deal else None),
            Transaction.channel == "checkout",
            Transaction.checkout_url.is_not(None),
            Transaction.status == "pending",
            ~Transaction.needs_manual_review,
            Transaction.created_at
            >= func.now() - timedelta(minutes=settings.current().payment_abandoned_minutes),
        )
        .order_by(Transaction.created_at.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    asked = promo_rules.shown(found.amount, found.credits_amount, found.bonus_credits)
    return found if asked == offer.shown else None


def _order(made: Transaction, *, is_new: bool) -> _Order:
    return _Order(made.id, made.provider_reference or "", made.amount, made.currency, is_new)


def _open_checkout(order: _Order, account_id: UUID, callback_url: str) -> None:
    try:
        page = paystack.client().initialize(
            email=payer_email(account_id),
            amount=buying.cents(order.amount),
            currency=order.currency,
            reference=order.reference,
            callback_url=callback_url,
            metadata={"transaction": str(order.id)},
        )
    except ProviderError as error:
        # A page whose address we never saw cannot be paid on; the next try has its own reference.
        _give_up(order, "refused" if isinstance(error, ProviderRefused) else "unreachable", error)
        raise PaymentFailed(_unpaid(error)) from error
    with unit_of_work(as_system=True) as work:
        made = payments.lock(work, order.reference)
        made.checkout_url = page.authorization_url


def _ask_phone(order: _Order, account_id: UUID, number: str) -> None:
    try:
        charge = paystack.client().charge_mpesa(
            email=payer_email(account_id),
            amount=buying.cents(order.amount),
            phone=number,
            reference=order.reference,
            currency=order.currency,
            metadata={"transaction": str(order.id)},
        )
    except ProviderError as error:
        if not error.outcome_unknown:
            _give_up(order, "refused", error)
            raise PaymentFailed(_unpaid(error)) from error
        # The phone may have been asked: the page follows the payment, whatever became of it.
        log.warning("payment_outcome_unknown", reference=order.reference, error=str(error))
        charge = None
    with unit_of_work(as_system=True) as work:
        made = payments.lock(work, order.reference)
        exclusion.keep_phone(work, made, number)
        if made.status == "pending":
            made.status = "processing"
        if charge is not None:
            made.provider_response = {
                "status": charge.status,
                "display_text": charge.display_text[:300],
            }


def _unpaid(error: ProviderError) -> str:
    if isinstance(error, ProviderRefused):
        return "Paystack did not take this payment. You were not charged."
    return _UNREACHABLE


def _give_up(order: _Order, reason: str, error: ProviderError) -> None:
    log.warning("purchase_not_begun", reference=order.reference, reason=reason, error=str(error))
    with unit_of_work(as_system=True) as work:
        made = payments.lock(work, order.reference)
        if made.status in ("pending", "processing"):
            payments.fail(work, made, reason)
