"""What admins do about payments: asking the provider, and deciding what does not fit. All audited."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from fantooo.domain.errors import NotFound
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import ReconciliationException, Transaction
from fantooo.services import audit, payments

Decision = Literal["credit", "reject"]


def verify(transaction_id: UUID, admin_id: UUID) -> str:
    """Asks the provider about one purchase and books it; returns its status then.

    Raises ``NotFound``, or ``ServiceUnavailable`` when the provider does not answer.
    """
    with unit_of_work(as_system=True) as work:
        reference = work.session.scalar(
            select(Transaction.provider_reference).where(
                Transaction.id == transaction_id, Transaction.type == "purchase"
            )
        )
        if reference is None:
            raise NotFound
        _audit(work, admin_id, "payment_verified", transaction_id, "")
    return payments.settle_now(reference)


def decide(transaction_id: UUID, admin_id: UUID, decision: Decision, reason: str) -> None:
    """Ends the review of a payment that is not what was ordered: credited all the same, or not.

    Raises ``NotFound``, or ``ValidationError`` without a reason or when there is no review.
    """
    why = audit.reason(reason)
    with unit_of_work(as_system=True) as work:
        payments.end_review(work, transaction_id, admin_id, credit=decision == "credit")
        _audit(work, admin_id, f"payment_review_{decision}ed", transaction_id, why)


def note_export(admin_id: UUID, what: str) -> None:
    """Keeps who took which figures and names out of the house."""
    with unit_of_work(as_system=True) as work:
        audit.add(work, admin_id, "payments_exported", ("admin", admin_id), what)


def settle_exception(exception_id: UUID, admin_id: UUID, reason: str) -> None:
    """Marks something that did not fit as dealt with. Raises ``NotFound``, ``ValidationError``."""
    why = audit.reason(reason)
    with unit_of_work(as_system=True) as work:
        row = work.session.scalar(
            select(ReconciliationException)
            .where(
                ReconciliationException.id == exception_id,
                ReconciliationException.resolved_at.is_(None),
            )
            .with_for_update()
        )
        if row is None:
            raise NotFound
        row.resolved_at = datetime.now(UTC)
        row.resolved_by = admin_id
        row.resolution = why
        subject = row.transaction_id or row.id
        _audit(work, admin_id, "payment_exception_settled", subject, why)


def _audit(work: UnitOfWork, admin_id: UUID, action: str, subject: UUID, reason: str) -> None:
    audit.add(work, admin_id, action, ("transaction", subject), reason)
