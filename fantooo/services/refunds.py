"""Credits of messages that come back; those of unanswered ones by themselves (product.md 2.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from fantooo.domain.events import BalanceChanged
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Chat, CreditRefund, CreditTransfer, RealUser
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


def give_back(work: UnitOfWork, wallet: RealUser, charge: CreditTransfer) -> None:
    """Returns one charge to its locked wallet, with its bonus part; its points go.

    A charge comes back once: the second movement breaks a unique index.
    """
    work.session.add(
        CreditTransfer(
            real_user_id=charge.real_user_id,
            debit_account="refunds",
            credit_account="wallet",
            amount=charge.amount,
            bonus_amount=charge.bonus_amount,
            kind="message_refund",
            cause_id=charge.cause_id,
            chat_id=charge.chat_id,
        )
    )
    wallet.credits += charge.amount
    wallet.bonus_credits += charge.bonus_amount
    credits.take_points_back(work, wallet, charge.cause_id, charge.amount)


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
    wallet = credits.lock_wallet(work, chat.real_user_id)
    charges = return_waiting(work, chat, wallet, sent_until)
    if not charges:
        return 0
    total = sum(charge.amount for charge in charges)
    words = "1 credit is" if total == 1 else f"{total} credits are"
    notice = f"Nobody answered in time, so {words} back in your balance."
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
    return len(charges)


def return_waiting(
    work: UnitOfWork, chat: Chat, wallet: RealUser, sent_until: datetime
) -> list[CreditTransfer]:
    """Gives back what a locked chat was charged since its user waits; returns the charges.

    Needs the chat's and the wallet's lock: an admin may have given one of them back meanwhile.
    """
    charges = list(
        work.session.scalars(
            _unreturned(chat.id, chat.waiting_since, sent_until).order_by(CreditTransfer.id)
        )
    )
    asked = _asked(work, [charge.cause_id for charge in charges])
    for charge in charges:
        _record(work, charge, asked.get(charge.cause_id))
        give_back(work, wallet, charge)
    return charges


def _asked(work: UnitOfWork, messages: list[UUID]) -> dict[UUID | None, CreditRefund]:
    """What users ask to have back of these messages, locked."""
    rows = work.session.scalars(
        select(CreditRefund)
        .where(CreditRefund.message_id.in_(messages), CreditRefund.status == "pending")
        .with_for_update()
    )
    return {row.message_id: row for row in rows}


def _record(work: UnitOfWork, charge: CreditTransfer, asked: CreditRefund | None) -> None:
    """The row of what comes back by itself; whoever has asked for it gets it without a decision."""
    now = datetime.now(UTC)
    if asked is not None:
        asked.status = "completed"
        asked.reason = "unanswered"
        asked.processed_at = now
        return
    work.session.add(
        CreditRefund(
            user_id=charge.real_user_id,
            amount=charge.amount,
            reason="unanswered",
            message_id=charge.cause_id,
            chat_id=charge.chat_id,
            processed_at=now,
        )
    )
