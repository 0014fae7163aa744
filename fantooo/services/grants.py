"""Credits that an admin gives to somebody: a bonus with a reason, audited."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal
from uuid import UUID

from fantooo.domain import text
from fantooo.domain.errors import NotFound, ValidationError
from fantooo.domain.events import BalanceChanged
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Approval, IdempotencyKey, RealUser
from fantooo.services import approvals, audit, credits

Outcome = Literal["given", "waiting"]

#: what nobody types on purpose
_MOST = 100_000


def grant(*, user_id: UUID, admin_id: UUID, amount: int, reason: str, key: UUID) -> Outcome:
    """Gives ``amount`` credits; above the set amount it waits for a second admin.

    ``key`` is drawn with the form: pressed twice it is one grant. Raises ``NotFound`` or
    ``ValidationError``.
    """
    why = audit.reason(reason)
    if not 0 < amount <= _MOST:
        raise ValidationError({"amount": f"From 1 to {_MOST:,} credits"})
    with unit_of_work(as_system=True) as work:
        if work.session.get(RealUser, user_id) is None:
            raise NotFound
        wallet = credits.lock_wallet(work, user_id)
        if wallet.deleted_at is not None:
            raise NotFound
        if work.session.get(IdempotencyKey, (admin_id, key)) is not None:
            return "given"
        if approvals.is_asked(work, admin_id, key):
            return "waiting"
        if approvals.needed(
            amount, approvals.CREDITS, before=approvals.given_lately(work, user_id)
        ):
            wish = approvals.Wish(
                kind="credit_grant",
                subject_id=user_id,
                user_id=user_id,
                amount=Decimal(amount),
                unit=approvals.CREDITS,
                requested_by=admin_id,
                reason=why,
                payload={"key": str(key)},
            )
            approvals.ask(work, wish)
            audit.add(
                work, admin_id, "credit_grant_proposed", ("real_user", user_id), why,
                after={"credits": amount},
            )  # fmt: skip
            return "waiting"
        _give(work, wallet, amount, why, (admin_id, key))
        audit.add(
            work,
            admin_id,
            "credits_granted",
            ("real_user", user_id),
            why,
            after={"credits": amount},
        )
        return "given"


def grant_approved(work: UnitOfWork, wallet: RealUser, wish: Approval, admin_id: UUID) -> None:
    """Does what a second admin agreed to, in their transaction, under the wallet's lock."""
    amount = int(wish.amount)
    if wallet.deleted_at is not None:
        raise ValidationError(message="This account was deleted")
    _give(work, wallet, amount, wish.reason, (wish.requested_by, UUID(wish.payload["key"])))
    audit.add(
        work, admin_id, "credits_granted", ("real_user", wallet.id), wish.reason,
        after={"credits": amount},
    )  # fmt: skip


def _give(
    work: UnitOfWork, wallet: RealUser, amount: int, why: str, wish: tuple[UUID, UUID]
) -> None:
    given = credits.grant_bonus(work, user_id=wallet.id, amount=amount, kind="bonus", reason=why)
    work.session.add(IdempotencyKey(account_id=wish[0], key=wish[1], transaction_id=given))
    notice = f"You were given {text.in_credits(amount)}."
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
