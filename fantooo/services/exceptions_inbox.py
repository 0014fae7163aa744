"""What does not fit between us and the provider, until people have dealt with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from fantooo.gateways.paystack import TransactionView
from fantooo.infra.unit_of_work import UnitOfWork
from fantooo.models import ReconciliationException
from fantooo.services import outbox


def note(
    work: UnitOfWork,
    *,
    kind: str,
    reference: str,
    details: dict[str, Any],
    transaction_id: UUID | None = None,
) -> bool:
    """Keeps something that does not fit, once; returns whether it is new.

    What somebody has dealt with is new only when it is not the same as then.
    """
    settled = work.session.scalar(
        select(ReconciliationException.id)
        .where(
            ReconciliationException.kind == kind,
            ReconciliationException.reference == reference,
            ReconciliationException.resolved_at.is_not(None),
            ReconciliationException.details == details,
        )
        .limit(1)
    )
    if settled is not None:
        return False
    added = work.session.scalar(
        insert(ReconciliationException)
        .values(kind=kind, reference=reference, details=details, transaction_id=transaction_id)
        .on_conflict_do_nothing()
        .returning(ReconciliationException.id)
    )
    if added is not None:
        message = f"A payment does not fit: {kind.replace('_', ' ')}."
        outbox.tell_admins(
            work, "system_error", added, message, {"kind": kind, "reference": reference}
        )
    return added is not None


def was_noted(work: UnitOfWork, reference: str) -> bool:
    """Whether people know already of a payment that did not begin here."""
    found = work.session.scalar(
        select(ReconciliationException.id)
        .where(
            ReconciliationException.kind == "unknown_reference",
            ReconciliationException.reference == reference,
        )
        .limit(1)
    )
    return found is not None


def settle_all(work: UnitOfWork, transaction_id: UUID, admin_id: UUID, how: str) -> None:
    """Marks what did not fit about a payment as dealt with, because it was decided about."""
    work.session.execute(
        update(ReconciliationException)
        .where(
            ReconciliationException.transaction_id == transaction_id,
            ReconciliationException.resolved_at.is_(None),
        )
        .values(resolved_at=datetime.now(UTC), resolved_by=admin_id, resolution=how)
    )


def facts(view: TransactionView) -> dict[str, Any]:
    """What is noted of a payment of theirs, whoever finds it."""
    return {"amount": view.amount, "currency": view.currency, "domain": view.domain}
