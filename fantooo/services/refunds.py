"""No answer, no charge: credits of unanswered messages come back by themselves (product.md 2.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from fantooo.domain.events import BalanceChanged
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Chat, CreditTransfer, RealUser
from fantooo.queries import settings
from fantooo.services import credits

_BATCH = 500


def return_unanswered(now: datetime | None = None) -> int:
    """Refunds every paid message that has waited too long for an answer; returns how many."""
    now = now or datetime.now(UTC)
    with unit_of_work(as_system=True) as work:
        promised = timedelta(minutes=settings.current(fresh=True).unanswered_refund_minutes)
        # Only chats that have something to give back: those that got theirs may wait on for days.
        waiting = list(
            work.session.scalars(
                select(Chat.id)
                .where(
                    Chat.waiting_since <= now - promised,
                    _unreturned(Chat.id, Chat.waiting_since, now - promised).exists(),
                )
                .order_by(Chat.waiting_since)
                .limit(_BATCH)
            )
        )
    returned = 0
    for chat_id in waiting:
        with unit_of_work(as_system=True) as work:
            returned += _refund_chat(work, chat_id, now - promised)
    return returned


def _unreturned(chat_id: Any, since: Any, sent_until: datetime) -> Select[CreditTransfer]:
    """The charges of a chat since its user waits, old enough and not given back yet."""
    earlier = aliased(CreditTransfer)
    return select(CreditTransfer).where(
        CreditTransfer.chat_id == chat_id,
        CreditTransfer.kind == "message_charge",
        CreditTransfer.created_at >= since,
        CreditTransfer.created_at <= sent_until,
        ~select(earlier.id)
        .where(earlier.kind == "message_refund", earlier.cause_id == CreditTransfer.cause_id)
        .exists(),
    )


def _refund_chat(work: UnitOfWork, chat_id: UUID, sent_until: datetime) -> int:
    """Refunds the unanswered charges of one chat, under the chat's and the wallet's lock."""
    session = work.session
    chat = session.scalars(
        select(Chat)
        .where(Chat.id == chat_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if chat.waiting_since is None:
        return 0  # answered since it was picked
    charges = session.scalars(
        _unreturned(chat_id, chat.waiting_since, sent_until).order_by(CreditTransfer.id)
    ).all()
    if not charges:
        return 0
    wallet = session.scalars(
        select(RealUser)
        .where(RealUser.id == chat.real_user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    for charge in charges:
        session.add(
            CreditTransfer(
                real_user_id=charge.real_user_id,
                debit_account="refunds",
                credit_account="wallet",
                amount=charge.amount,
                bonus_amount=charge.bonus_amount,
                kind="message_refund",
                cause_id=charge.cause_id,
                chat_id=chat_id,
            )
        )
        wallet.credits += charge.amount
        wallet.bonus_credits += charge.bonus_amount
        credits.take_points_back(work, wallet, charge.cause_id, charge.amount)
    total = sum(charge.amount for charge in charges)
    words = "1 credit is" if total == 1 else f"{total} credits are"
    notice = f"Nobody answered in time, so {words} back in your balance."
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
    return len(charges)
