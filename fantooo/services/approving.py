"""A second admin decides. What was wished runs in that admin's own transaction, once.

Locks: real_users, then approvals, then what the action touches.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from fantooo.domain import buying, states
from fantooo.domain.errors import NotFound, ValidationError
from fantooo.domain.events import BalanceChanged
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Approval, RealUser
from fantooo.services import (
    audit,
    credits,
    exceptions_inbox,
    grants,
    message_refunds,
    money_refunds,
    refund_booking,
)

Action = Callable[[UnitOfWork, RealUser, Approval, UUID], UUID | None]

#: each returns the refund that is to be asked for at the provider, if there is one
_ACTIONS: dict[str, Action] = {
    "message_refund": message_refunds.complete_approved,
    "credit_grant": grants.grant_approved,
    "money_refund": money_refunds.refund_approved,
    "withdrawal": money_refunds.withdraw_approved,
}


def approve(approval_id: UUID, admin_id: UUID, reason: str) -> None:
    """Agrees, and does it.

    Raises ``NotFound``, or ``ValidationError`` for whoever asked themself, when it is decided
    already, and when it cannot be done any more (then it still waits, and can be refused).
    """
    why = audit.reason(reason)
    with unit_of_work(as_system=True) as work:
        wallet, wish = _lock(work, approval_id, admin_id)
        to_send = _ACTIONS[wish.kind](work, wallet, wish, admin_id)
        _end(work, wish, "done", admin_id, why)
    if to_send is not None:
        money_refunds.send_soon(to_send)


def reject(approval_id: UUID, admin_id: UUID, reason: str) -> None:
    """Refuses; nothing has moved and nothing moves. Raises as ``approve`` does."""
    why = audit.reason(reason)
    with unit_of_work(as_system=True) as work:
        wallet, wish = _lock(work, approval_id, admin_id)
        _end(work, wish, "rejected", admin_id, why)
        if wish.kind == "withdrawal":
            notice = f"We could not take your withdrawal: {why}"
            work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
        if wish.payload.get("uncredited"):
            # Nothing in the wallet tells of this money: it must not be forgotten with the wish.
            exceptions_inbox.note(
                work,
                kind="not_sent_back",
                reference=refund_booking.lock_row(work, wish.subject_id).provider_reference or "",
                transaction_id=wish.subject_id,
                details={
                    "amount": buying.cents(wish.amount),
                    "currency": wish.unit,
                    "wish": str(wish.id),
                    "why": why,
                },
            )


def _lock(work: UnitOfWork, approval_id: UUID, admin_id: UUID) -> tuple[RealUser, Approval]:
    found = work.session.get(Approval, approval_id)
    if found is None:
        raise NotFound
    if found.kind == "message_refund":
        message_refunds.hold_chat(work, found.subject_id)
    wallet = credits.lock_wallet(work, found.user_id)
    wish = work.session.scalars(
        select(Approval)
        .where(Approval.id == approval_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if wish.status != "pending":
        raise ValidationError(message="This is decided already")
    if wish.requested_by == admin_id:
        raise ValidationError(message="You requested this; another admin must decide")
    return wallet, wish


def _end(work: UnitOfWork, wish: Approval, status: str, admin_id: UUID, why: str) -> None:
    states.check_transition(states.APPROVAL, wish.status, status)
    wish.status = status
    wish.decided_by = admin_id
    wish.decided_at = datetime.now(UTC)
    wish.decision_reason = why
    audit.add(work, admin_id, f"approval_{status}", ("approval", wish.id), why)
