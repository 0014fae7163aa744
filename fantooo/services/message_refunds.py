"""Credits of one message: a user asks to have them back, an admin decides, or gives them back.

Locks: the chat, real_users, credit_refunds, as sending and the automatic return do. A charge comes
back once, whole, with its bonus part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from fantooo.domain import refunding, states, text
from fantooo.domain.errors import NotFound, ValidationError
from fantooo.domain.events import BalanceChanged
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import (
    Approval,
    Chat,
    CreditRefund,
    CreditTransfer,
    FictionalUser,
    Message,
    RealUser,
)
from fantooo.services import approvals, audit, credits, refunds

Outcome = Literal["completed", "waiting"]

_WORDS_MAX = 500
_BACK = "These credits are back already"


@dataclass(frozen=True)
class Told:
    """A message as an admin reads it who decides about its credits."""

    refund_id: UUID
    content: str
    sent_at: datetime
    character: str


def ask(*, account_id: UUID, chat_id: UUID, message_id: UUID, reason: str, words: str) -> UUID:
    """A user asks for the credits of an own message; returns the request's id.

    Raises ``NotFound`` when the message is not theirs or cost nothing, ``ValidationError`` without
    a reason, when it was asked or given back before, and when the message is deleted.
    """
    if reason not in refunding.ASKED_REASONS:
        raise ValidationError({"reason": "Choose what happened"})
    said = words.strip()
    if len(said) > _WORDS_MAX:
        raise ValidationError({"words": f"At most {_WORDS_MAX} characters"})
    with unit_of_work(as_system=True) as work:
        _hold(work, chat_id)
        credits.lock_wallet(work, account_id)
        charge = _charge(work, message_id)
        if charge is None or (charge.real_user_id, charge.chat_id) != (account_id, chat_id):
            raise NotFound
        earlier = work.session.scalar(
            select(CreditRefund.status)
            .where(CreditRefund.message_id == message_id)
            .order_by(CreditRefund.id.desc())
            .limit(1)
        )
        if earlier is not None:
            given = "We have decided about this message already"
            texts = {"pending": "You have asked for this already", "completed": _BACK}
            raise ValidationError(message=texts.get(earlier, given))
        if work.session.scalar(select(Message.deleted_at).where(Message.id == message_id)):
            # Nobody could read what they are to decide about.
            raise ValidationError(message="You deleted this message, so it is not refunded")
        made = CreditRefund(
            user_id=account_id,
            amount=charge.amount,
            reason=reason,
            message_id=message_id,
            chat_id=chat_id,
            words=said,
            status="pending",
            requested_by_user=True,
        )
        work.session.add(made)
        work.session.flush()
        return made.id


def complete(refund_id: UUID, admin_id: UUID, notes: str) -> Outcome:
    """Gives the credits of a request back; above the set amount it waits for a second admin.

    Raises ``NotFound``, or ``ValidationError`` without notes and when it is decided already.
    """
    why = audit.reason(notes, "notes")
    with unit_of_work(as_system=True) as work:
        wallet, refund = _lock(work, refund_id)
        return _complete_or_ask(work, wallet, refund, admin_id, why)


def reject(refund_id: UUID, admin_id: UUID, notes: str) -> None:
    """Says no to a request. Raises as ``complete`` does."""
    why = audit.reason(notes, "notes")
    with unit_of_work(as_system=True) as work:
        wallet, refund = _lock(work, refund_id)
        _refuse_while_waiting(work, refund)
        _end(refund, "rejected", admin_id, why)
        audit.add(work, admin_id, "message_refund_rejected", ("credit_refund", refund.id), why)
        notice = f"We could not give {text.in_credits(refund.amount)} back: {why}"
        work.emit(BalanceChanged(wallet.id, wallet.credits, notice))


def give(message_id: UUID, admin_id: UUID, notes: str, reason: str = "admin_discretion") -> Outcome:
    """Gives the credits of any charged message back, for one of ``refunding.GIVEN_REASONS``.

    What the user has asked for is answered with it, under their own reason. Raises ``NotFound``
    when the message cost nothing, ``ValidationError`` without notes or with another reason, and
    when its credits are back.
    """
    why = audit.reason(notes, "notes")
    if reason not in refunding.GIVEN_REASONS:
        raise ValidationError({"reason": "Choose what happened"})
    with unit_of_work(as_system=True) as work:
        charge = _charge(work, message_id)
        if charge is None or charge.chat_id is None:
            raise NotFound
        _hold(work, charge.chat_id)
        wallet = credits.lock_wallet(work, charge.real_user_id)
        refund = work.session.scalar(
            select(CreditRefund)
            .where(CreditRefund.message_id == message_id, CreditRefund.status != "rejected")
            .with_for_update()
        )
        if refund is None:
            refund = CreditRefund(
                user_id=wallet.id,
                amount=charge.amount,
                reason=reason,
                message_id=message_id,
                chat_id=charge.chat_id,
                status="pending",
            )
            work.session.add(refund)
            work.session.flush()
        return _complete_or_ask(work, wallet, refund, admin_id, why)


def complete_approved(work: UnitOfWork, wallet: RealUser, wish: Approval, admin_id: UUID) -> None:
    """Does what a second admin agreed to, in their transaction, under the wallet's lock."""
    refund = _locked_row(work, wish.subject_id)
    _complete(work, wallet, refund, admin_id, wish.reason)


def read_message(refund_id: UUID, admin_id: UUID, reason: str) -> Told:
    """The text that a request is about. Reading a private chat needs a reason, and is audited.

    Raises ``NotFound``, or ``ValidationError`` without a reason.
    """
    why = audit.reason(reason)
    with unit_of_work(as_system=True) as work:
        row = work.session.execute(
            select(Message.content, Message.created_at, Message.deleted_at, FictionalUser.name)
            .join(CreditRefund, CreditRefund.message_id == Message.id)
            .join(Chat, Chat.id == Message.chat_id)
            .join(FictionalUser, FictionalUser.id == Chat.fictional_user_id)
            .where(CreditRefund.id == refund_id)
        ).one_or_none()
        if row is None:
            raise NotFound
        audit.add(work, admin_id, "message_read", ("credit_refund", refund_id), why)
        content = "" if row.deleted_at else row.content
    return Told(refund_id, content, row.created_at, row.name)


def _complete_or_ask(
    work: UnitOfWork, wallet: RealUser, refund: CreditRefund, admin_id: UUID, why: str
) -> Outcome:
    if refund.status != "pending":
        raise ValidationError(message=_BACK if refund.status == "completed" else "Decided already")
    before = approvals.given_lately(work, wallet.id)
    if approvals.needed(refund.amount, approvals.CREDITS, before=before):
        wish = approvals.Wish(
            kind="message_refund",
            subject_id=refund.id,
            user_id=wallet.id,
            amount=Decimal(refund.amount),
            unit=approvals.CREDITS,
            requested_by=admin_id,
            reason=why,
            payload={},
        )
        approvals.ask(work, wish)
        audit.add(work, admin_id, "message_refund_proposed", ("credit_refund", refund.id), why)
        return "waiting"
    _refuse_while_waiting(work, refund)
    _complete(work, wallet, refund, admin_id, why)
    return "completed"


def _refuse_while_waiting(work: UnitOfWork, refund: CreditRefund) -> None:
    """The amount for one alone may have been raised since: the wish is to be decided first."""
    waiting = work.session.scalar(
        select(Approval.id).where(
            Approval.kind == "message_refund",
            Approval.subject_id == refund.id,
            Approval.status == "pending",
        )
    )
    if waiting is not None:
        raise ValidationError(message="This waits for a second admin")


def _complete(
    work: UnitOfWork, wallet: RealUser, refund: CreditRefund, admin_id: UUID, why: str
) -> None:
    charge = _charge(work, refund.message_id)
    if charge is None:
        raise NotFound
    _refuse_nobody(wallet)
    _end(refund, "completed", admin_id, why)
    refunds.give_back(work, wallet, charge)
    audit.add(
        work, admin_id, "message_refunded", ("credit_refund", refund.id), why,
        after={"credits": charge.amount, "of them bonus": charge.bonus_amount},
    )  # fmt: skip
    notice = f"Back in your balance: {text.in_credits(charge.amount)}. {why}"
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))


def _refuse_nobody(wallet: RealUser) -> None:
    """Nobody could use what comes back to a deleted account. Raises ``ValidationError``."""
    if wallet.deleted_at is not None:
        raise ValidationError(message="This account was deleted")


def _end(refund: CreditRefund, status: str, admin_id: UUID, why: str) -> None:
    try:
        states.check_transition(states.MESSAGE_REFUND, refund.status, status)
    except states.IllegalTransition as error:
        raise ValidationError(message="This is decided already") from error
    refund.status = status
    refund.processed_by = admin_id
    refund.processed_at = datetime.now(UTC)
    refund.notes = why


def _charge(work: UnitOfWork, message_id: UUID | None) -> CreditTransfer | None:
    return work.session.scalar(
        select(CreditTransfer).where(
            CreditTransfer.kind == "message_charge", CreditTransfer.cause_id == message_id
        )
    )


def _lock(work: UnitOfWork, refund_id: UUID) -> tuple[RealUser, CreditRefund]:
    """The wallet, then the request. Raises ``NotFound``."""
    user_id = work.session.scalar(select(CreditRefund.user_id).where(CreditRefund.id == refund_id))
    if user_id is None:
        raise NotFound
    hold_chat(work, refund_id)
    return credits.lock_wallet(work, user_id), _locked_row(work, refund_id)


def hold_chat(work: UnitOfWork, refund_id: UUID) -> None:
    """Keeps the chat of a request in place, before the wallet is locked.

    The movement that gives credits back names the chat, and whoever sends locks the chat first.
    """
    chat_id = work.session.scalar(select(CreditRefund.chat_id).where(CreditRefund.id == refund_id))
    if chat_id is not None:
        _hold(work, chat_id)


def _hold(work: UnitOfWork, chat_id: UUID) -> None:
    work.session.execute(
        select(Chat.id).where(Chat.id == chat_id).with_for_update(read=True, key_share=True)
    )


def _locked_row(work: UnitOfWork, refund_id: UUID) -> CreditRefund:
    return work.session.scalars(
        select(CreditRefund)
        .where(CreditRefund.id == refund_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
