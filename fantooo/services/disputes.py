"""Disputed payments: spending stops, admins hear of it, and the end is booked whoever wins.

The provider's own answer counts, not what an announcement says. Locks: real_users, then disputes,
then transactions.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import structlog
from sqlalchemy import select

from fantooo.domain import buying, refunding, states
from fantooo.domain.errors import NotFound, ServiceUnavailable, ValidationError
from fantooo.domain.events import BalanceChanged, PaymentChanged
from fantooo.domain.pricing import EAT
from fantooo.gateways import paystack
from fantooo.gateways.paystack import (
    DisputeView,
    ProviderAnswerInvalid,
    ProviderError,
    ProviderUnavailable,
)
from fantooo.infra import reporting
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Dispute, RealUser, Transaction
from fantooo.queries import refunds as reads
from fantooo.services import (
    alerts,
    audit,
    credits,
    exceptions_inbox,
    limits,
    outbox,
    payments,
    reconciliation,
    refund_booking,
)

log = structlog.get_logger(__name__)

_ENDED = ("resolved", "archived")
#: the provider's words for how a dispute ended; another word is for a person to read
_RESOLUTIONS = {
    "declined": "won",
    "merchant-accepted": "lost",
    "auto-accepted": "lost",
    "accepted": "lost",
}
#: what stands where the provider says that a dispute is over, and not how
_NO_WORD = "not said"
_STRETCH = timedelta(days=3)


def heard(provider_id: int) -> str:
    """Asks the provider about one dispute and books it; returns our status.

    Safe at any time and any number of times. ``unknown``: its payment is not ours, which admins
    are told. Raises ``ProviderError``.
    """
    return _book(paystack.client().fetch_dispute(provider_id))


def settle_open(now: datetime | None = None) -> int:
    """Asks about disputes that are open, and about new ones that were never announced."""
    if not payments.is_open():
        return 0
    now = now or datetime.now(UTC)
    with unit_of_work(as_system=True) as work:
        known = set(
            work.session.scalars(select(Dispute.provider_id).where(Dispute.status == "open"))
        )
    ended = 0
    unreadable: list[ProviderAnswerInvalid] = []
    try:
        listed = paystack.client().disputes(since=now - _STRETCH, until=now, unreadable=unreadable)
        known |= {view.id for view in listed}
        reconciliation.tell_unreadable("disputes", unreadable)
    except ProviderError as error:
        # Those we know of do not wait for the list of new ones.
        log.warning("disputes_not_listed", error=str(error))
    for provider_id in sorted(known):
        try:
            ended += heard(provider_id) in ("won", "lost")
        except ProviderUnavailable as error:
            log.warning("disputes_not_checked", error=str(error))
            break
        except ProviderError as error:
            log.warning("dispute_not_checked", dispute=provider_id, error=str(error))
        except Exception as error:
            # One that breaks keeps nobody else's from being asked about.
            log.exception("dispute_not_booked", dispute=provider_id)
            reporting.report(error)
    return ended


def note_evidence(dispute_id: UUID, admin_id: UUID) -> None:
    """Keeps that our evidence was sent, in the provider's dashboard. Raises ``NotFound``."""
    with unit_of_work(as_system=True) as work:
        row = work.session.scalar(select(Dispute).where(Dispute.id == dispute_id).with_for_update())
        if row is None:
            raise NotFound
        if row.evidence_sent_at is None:
            row.evidence_sent_at = datetime.now(UTC)
            audit.add(work, admin_id, "dispute_evidence_sent", ("transaction", row.transaction_id))


def decide(dispute_id: UUID, admin_id: UUID, outcome: str, reason: str) -> None:
    """Ends a dispute whose end the provider tells in a word that we do not know, by what an admin read.

    ``outcome`` is ``won`` or ``lost``. The provider is asked once more before. Raises ``NotFound``,
    ``ValidationError`` when it is still going on or over already, or ``ServiceUnavailable``.
    """
    why = audit.reason(reason)
    if outcome not in states.DISPUTE["open"]:
        raise ValidationError({"outcome": "Choose who won"})
    with unit_of_work(as_system=True) as work:
        found = work.session.get(Dispute, dispute_id)
        if found is None:
            raise NotFound
        provider_id, purchase_id = found.provider_id, found.transaction_id
        user_id = work.session.get_one(Transaction, purchase_id).real_user_id
    try:
        heard(provider_id)
    except ProviderError as error:
        raise ServiceUnavailable(payments.AWAY) from error
    with unit_of_work(as_system=True) as work:
        wallet = credits.lock_wallet(work, user_id)
        dispute = _row(work, provider_id)
        bought = refund_booking.lock_row(work, purchase_id)
        if dispute is None or dispute.status != "open":
            raise ValidationError(message="This dispute is over already")
        if not dispute.resolution:
            raise ValidationError(message="The bank has not decided yet")
        word = dispute.resolution
        _end(work, wallet, bought, dispute, outcome, word, admin_id=admin_id, why=why)


def _book(view: DisputeView) -> str:
    reference = view.transaction_reference or ""
    with unit_of_work(as_system=True) as work:
        purchase_id = work.session.scalar(
            select(Transaction.id).where(
                Transaction.payment_provider == payments.PROVIDER,
                Transaction.provider_reference == reference,
                Transaction.type == "purchase",
            )
        )
        if purchase_id is None:
            exceptions_inbox.note(
                work,
                kind="unknown_reference",
                reference=reference or f"dispute {view.id}",
                details={"dispute": view.id, "amount": view.refund_amount},
            )
            return "unknown"
        user_id = work.session.get_one(Transaction, purchase_id).real_user_id
        wallet = credits.lock_wallet(work, user_id)
        dispute = _row(work, view.id)
        bought = refund_booking.lock_row(work, purchase_id)
        if dispute is None:
            dispute = _open(work, wallet, bought, view)
        dispute.provider_status = view.status
        dispute.due_at = view.due_at or dispute.due_at
        if dispute.status != "open":
            _compare(work, bought, dispute, view)
            return dispute.status
        if view.status not in _ENDED:
            # Also one that had ended in a word for people, and goes on after all.
            dispute.resolution = None
            return dispute.status
        word = view.resolution or _NO_WORD
        outcome = _RESOLUTIONS.get(word)
        if outcome is None:
            _leave_to_people(work, dispute, word)
        else:
            _end(work, wallet, bought, dispute, outcome, word)
        return dispute.status


def _row(work: UnitOfWork, provider_id: int) -> Dispute | None:
    return work.session.scalar(
        select(Dispute)
        .where(Dispute.provider_id == provider_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _open(work: UnitOfWork, wallet: RealUser, bought: Transaction, view: DisputeView) -> Dispute:
    amount = bought.amount if view.refund_amount is None else Decimal(view.refund_amount) / 100
    dispute = Dispute(
        transaction_id=bought.id,
        provider_id=view.id,
        provider_status=view.status,
        due_at=view.due_at,
        amount=amount,
        reason=view.category or "",
    )
    work.session.add(dispute)
    limits.freeze_spending(work, wallet, limits.DISPUTED)
    work.session.flush()
    due = f"{view.due_at.astimezone(EAT):%d %B %Y, %H:%M} EAT" if view.due_at else "unknown"
    outbox.tell_admins(
        work,
        "payment_failed",
        dispute.id,
        f"A payment is disputed. Evidence is due by {due}.",
        {"reference": bought.provider_reference, "due_at": due},
        "critical",
    )
    notice = "A payment of yours is disputed. Buying and paid messages wait until that is settled."
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
    work.emit(PaymentChanged(wallet.id, bought.id))
    log.warning("payment_disputed", reference=bought.provider_reference)
    return dispute


def _compare(work: UnitOfWork, bought: Transaction, dispute: Dispute, view: DisputeView) -> None:
    """Whether one that is over here has another end there."""
    said = _RESOLUTIONS.get(view.resolution or _NO_WORD) if view.status in _ENDED else None
    if said is not None and said != dispute.status:
        which = {"dispute": view.id, "ended here": dispute.status}
        exceptions_inbox.note_other_end(work, bought.id, bought.provider_reference, said, **which)


def _leave_to_people(work: UnitOfWork, dispute: Dispute, word: str) -> None:
    """It has ended in a word that we do not know: admins are told, once a word, and ``decide``."""
    if dispute.resolution != word:
        dispute.resolution = word
        message = (
            "A dispute has ended in a way we do not know. Say who won, so that it ends here too."
        )
        alerts.settle_about(work, dispute.id)
        outbox.tell_admins(
            work, "payment_failed", dispute.id, message, {"detail": word}, "critical"
        )


def _end(
    work: UnitOfWork,
    wallet: RealUser,
    bought: Transaction,
    dispute: Dispute,
    outcome: str,
    word: str,
    *,
    admin_id: UUID | None = None,
    why: str = "",
) -> None:
    """Books the end of an open dispute; ``word`` is the provider's for it."""
    states.check_transition(states.DISPUTE, dispute.status, outcome)
    dispute.status = outcome
    dispute.resolution = word
    dispute.resolved_at = datetime.now(UTC)
    work.session.flush()
    if outcome == "lost":
        _lose(work, wallet, bought, dispute)
    if wallet.spending_frozen_reason == limits.DISPUTED:
        limits.thaw(work, wallet)
    notice = (
        "The dispute about your payment is over; nothing has changed. You can go on."
        if outcome == "won"
        else "The disputed payment went back to you, and its credits were taken back."
    )
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
    work.emit(PaymentChanged(wallet.id, bought.id))
    alerts.settle_about(work, dispute.id)
    audit.add(work, admin_id, f"dispute_{outcome}", ("transaction", bought.id), why or word)
    log.warning("dispute_ended", reference=bought.provider_reference, outcome=outcome)


def _lose(work: UnitOfWork, wallet: RealUser, bought: Transaction, dispute: Dispute) -> None:
    """The bank has taken the money: a refund that is done, and what was spent is owed."""
    _drop_unsent(work, wallet, bought)
    if bought.status not in reads.CREDITED:
        return
    before = reads.given_back(bought.id)
    sold = refund_booking.sold(bought)
    amount = min(dispute.amount, refunding.left(sold, before))
    if amount < dispute.amount:
        missing = f"{buying.money(dispute.amount - amount)} {bought.currency}"
        message = "A lost dispute took more than was left of its payment. Object at the provider."
        outbox.tell_admins(work, "payment_failed", bought.id, message, {"amount": missing})
    if amount <= 0:
        return
    part = refund_booking.to_take(wallet, bought, amount, goodwill=True)
    wanted = min(refunding.due(sold, before, amount).credits, sold.credits - before.credits)
    refund = refund_booking.begin(work, wallet, bought, part, "Dispute lost")
    refund_booking.succeed(work, wallet, bought, refund)
    dispute.refund_id = refund.id
    dispute.owed_credits = wanted - part.credits
    wallet.owed_credits += dispute.owed_credits


def _drop_unsent(work: UnitOfWork, wallet: RealUser, bought: Transaction) -> None:
    """A refund that nobody has asked the provider for yet is not asked for any more."""
    unsent = work.session.scalars(
        select(Transaction)
        .where(Transaction.refunds_id == bought.id, Transaction.status == "pending")
        .order_by(Transaction.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for refund in unsent:
        if not (refund.provider_response or {}).get("asked_at"):
            refund_booking.fail(work, wallet, bought, refund, "The payment went back by a dispute")
