"""Sending: one call of ``send_message`` (sql/send_message.sql), then telling who must know.

The only caller of that function, because it trusts the account it is given.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter

from fantooo.domain import limits as rules, outgoing, text
from fantooo.domain.errors import (
    AssignmentEnded,
    ChatNotFound,
    FantoooError,
    Forbidden,
    InsufficientCredits,
    NewerMessages,
    OutgoingRefused,
    PriceChanged,
    ReplyLimit,
    SendingPaused,
    ValidationError,
)
from fantooo.domain.events import MessageSent, Pointers, QueueChanged
from fantooo.domain.settings import SystemSettings
from fantooo.extensions import db
from fantooo.infra import bus
from fantooo.infra.database import call_function
from fantooo.queries import chats, composer, limits, settings, team
from fantooo.services import assignment, quotes
from fantooo.services.quotes import Quote

log = structlog.get_logger(__name__)

SENT = Counter("fantooo_messages", "Messages stored", ["sender"])

_SEND = f"SELECT * FROM send_message({', '.join(['%s'] * 19)})"  # noqa: S608
#: fresh quotes a send may need while other tabs use up free messages; more is no race but a fault
_MOST_ROUNDS = 32
_PAUSED = {
    "banned": "Your account is suspended. You cannot send messages.",
    "chat_frozen": "This chat is being reviewed. You can read it, but not write in it for now.",
    "spending_frozen": rules.FROZEN,
}


@dataclass(frozen=True)
class Composer:
    """What the composer shows: the signed quote, its price and why, and the balance.

    ``disabled_reason`` says why nothing can be sent now, in the words that a send would be refused with.
    """

    quote: str
    price: int
    reason: str
    balance: int
    disabled_reason: str = ""


@dataclass(frozen=True)
class Sent:
    """The answer to a send. ``event`` carries the bubble; ``repeat`` says it was sent before."""

    event: MessageSent
    composer: Composer | None
    repeat: bool


def composer_of(chat_id: UUID, account_id: UUID) -> Composer:
    """The composer for a user's chat as it is now. Raises ``ChatNotFound``."""
    return _fresh(chat_id, account_id, settings.current())[1]


def send(
    *, chat_id: UUID, account_id: UUID, client_id: UUID, content: str, quote_token: str
) -> Sent:
    """Sends a user's text message at no more than the shown price.

    The same ``client_id`` again returns the first message and charges nothing. Raises
    ``ValidationError``, ``ChatNotFound``, ``InsufficientCredits``, ``PriceChanged`` (with a fresh
    ``composer`` in its details) or ``SendingPaused``; then nothing was stored or charged.
    """
    return _send(chat_id, account_id, client_id, _checked(content), quote_token)


def reply(
    *,
    chat_id: UUID,
    operator_id: UUID,
    client_id: UUID,
    content: str,
    assignment_number: int,
    seen_seq: int,
) -> Sent:
    """Sends a character's reply, written by the operator who holds the chat.

    Raises ``OutgoingRefused`` for what a character may not say, ``AssignmentEnded`` under an old
    fencing number, ``NewerMessages`` when the user wrote after ``seen_seq``, ``ReplyLimit``,
    ``Forbidden`` or ``ChatNotFound``.
    """
    return _reply(chat_id, operator_id, client_id, _checked(content), assignment_number, seen_seq)


def _send(chat_id: UUID, account_id: UUID, client_id: UUID, content: str, quote_token: str) -> Sent:
    current = settings.current()
    shown = quotes.read(quote_token, chat_id=chat_id, account_id=account_id)
    if shown is None:
        # Somebody else's chat is not there, whatever price was shown for it.
        chats.get_chat(chat_id)
        raise ValidationError({"quote": "Reload this page to see the price."})
    quote = shown
    # Before the message is there: between its commit and its push nothing may fail.
    asks_about = chats.asked_about(chat_id, content)
    row = _call(chat_id, account_id, client_id, content, _if_it_holds(quote), current)
    # Other tabs may use up free messages meanwhile; each round means that one of them did.
    for _round in range(_MOST_ROUNDS):
        if row.outcome != "price_changed":
            break
        current = settings.current(fresh=True)
        quote, shows = _fresh(chat_id, account_id, current)
        if quote.price > shown.price:
            raise PriceChanged(price=quote.price, composer=shows)
        row = _call(chat_id, account_id, client_id, content, quote, current)
    if row.outcome == "price_changed":
        raise PriceChanged(price=quote.price, composer=_fresh(chat_id, account_id, current)[1])
    if row.outcome not in ("sent", "repeat"):
        raise _refusal(row, quote, chat_id, account_id)
    if row.outcome == "repeat":
        # What was stored counts, and the price as it is now.
        stored = chats.stored_content(row.message_id)
        after = composer_of(chat_id, account_id)
        asks_about = chats.asked_about(chat_id, stored)
        repeated = _event(row, chat_id, client_id, "real", stored, after, asks_about)
        return Sent(repeated, after, repeat=True)
    after = _composer(quotes.after(quote, row.free_used, current), row.balance)
    event = _event(row, chat_id, client_id, "real", content, after, asks_about)
    SENT.labels("real").inc()
    bus.publish(event)
    if row.queued:
        bus.publish(QueueChanged())
        assignment.assign_soon()
    return Sent(event, after, repeat=False)


def _if_it_holds(quote: Quote) -> Quote:
    """The quote, or one that the function refuses as outdated when its time has run out.

    The function is asked all the same, because a retry of a message that went through must get
    its answer even if the price rose since.
    """
    return quote if quote.still_holds else replace(quote, settings_version=-1)


def _call(
    chat_id: UUID,
    account_id: UUID,
    client_id: UUID,
    content: str,
    quote: Quote,
    current: SystemSettings,
) -> Any:
    priority, score, parts = quote.queue_points(current)
    return _sent(
        (
            account_id,
            chat_id,
            client_id,
            "real",
            content,
            "text",
            quote.price,
            quote.is_free,
            quote.free_used,
            quote.free_limit,
            quote.tier,
            quote.featured,
            quote.settings_version,
            json.dumps(quote.as_price.factors()),
            priority,
            score,
            json.dumps(parts),
            None,
            None,
        ),
    )


def _sent(parameters: tuple[Any, ...]) -> Any:
    """The answer of the send function."""
    # What was read before holds a connection; holding it while waiting for a second one would let
    # a full pool wait for itself.
    db.session.rollback()
    return call_function(db.engine, _SEND, parameters)


def _reply(
    chat_id: UUID,
    operator_id: UUID,
    client_id: UUID,
    content: str,
    assignment_number: int,
    seen_seq: int,
) -> Sent:
    reason = outgoing.refusal(content)
    if reason:
        raise OutgoingRefused(reason)
    row = _sent(
        (
            operator_id,
            chat_id,
            client_id,
            "fictional",
            content,
            "text",
            *([None] * 11),
            assignment_number,
            seen_seq,
        ),
    )
    if row.outcome not in ("sent", "repeat"):
        raise _reply_refusal(row.outcome, chat_id, operator_id)
    if row.outcome == "repeat":
        stored = chats.stored_content(row.message_id)
        return Sent(_event(row, chat_id, client_id, "fictional", stored, None), None, repeat=True)
    event = _event(row, chat_id, client_id, "fictional", content, None)
    SENT.labels("fictional").inc()
    bus.publish(event)
    # An answered chat weighs less: there may be room for the next one.
    if assignment.anybody_waits():
        assignment.assign_soon()
    return Sent(event, None, repeat=False)


def _reply_refusal(outcome: str, chat_id: UUID, operator_id: UUID) -> FantoooError:
    match outcome:
        case "newer_messages":
            return NewerMessages()
        case "reply_limit":
            return ReplyLimit()
        case "forbidden":
            return Forbidden()
        case "chat_frozen":
            return SendingPaused(_PAUSED["chat_frozen"], reason="chat_frozen")
        case "chat_not_found" if not team.ever_held(chat_id, operator_id):
            return ChatNotFound()
        case _:
            return AssignmentEnded()


def _refusal(row: Any, quote: Quote, chat_id: UUID, account_id: UUID) -> FantoooError:
    match row.outcome:
        case "insufficient_credits":
            return InsufficientCredits(quote.price, row.balance)
        case "chat_not_found":
            return ChatNotFound()
        case "character_unavailable":
            words = _unavailable(chats.get_chat(chat_id).character_name)
            return SendingPaused(words, reason="character_unavailable")
        case "paused_by_user":
            until = limits.standing(account_id).on_a_break_until
            # Over between the refusal and this look: then the next try goes through.
            words = rules.on_a_break(until) if until else "Your break has just ended. Send again."
            return SendingPaused(words, reason="paused_by_user")
        case reason:
            return SendingPaused(_PAUSED[reason], reason=reason)


def _unavailable(character: str) -> str:
    return f"{character} is not available any more. You can still read the chat."


def _checked(content: str) -> str:
    cleaned = text.clean(content)
    if not cleaned:
        raise ValidationError({"content": "Write something first."})
    if len(cleaned) > text.MESSAGE_MAX:
        raise ValidationError(
            {"content": f"A message can have up to {text.MESSAGE_MAX:,} characters."}
        )
    return cleaned


def _fresh(chat_id: UUID, account_id: UUID, current: SystemSettings) -> tuple[Quote, Composer]:
    """A quote as of now, and the composer that shows it."""
    basis = composer.price_basis(chat_id, account_id)
    snapshot = quotes.Snapshot(
        chat_id=basis.chat_id,
        account_id=basis.account_id,
        free_used=basis.free_used,
        tier=basis.tier,
        featured=basis.featured,
        lifetime_value=basis.lifetime_value,
        first=basis.first,
    )
    quote = quotes.make(snapshot, current)
    silent = ""
    # In the order in which the send function refuses.
    if basis.is_frozen:
        silent = _PAUSED["chat_frozen"]
    elif not basis.character_published:
        silent = _unavailable(basis.character_name)
    elif basis.on_a_break_until:
        silent = rules.on_a_break(basis.on_a_break_until)
    elif basis.spending_frozen and quote.price:
        silent = rules.FROZEN
    return quote, _composer(quote, basis.balance, silent)


def _composer(quote: Quote, balance: int, silent: str = "") -> Composer:
    return Composer(quote.token(), quote.price, quote.reason(), balance, silent)


def _event(
    row: Any,
    chat_id: UUID,
    client_id: UUID,
    sender: str,
    content: str,
    after: Composer | None,
    asks_about: str = "",
) -> MessageSent:
    return MessageSent(
        chat_id=chat_id,
        user_id=row.real_user,
        operator_id=row.operator,
        message_id=row.message_id,
        seq=row.message_seq,
        sender_type=sender,
        content=content,
        created_at=row.sent_at,
        client_id=client_id,
        price=row.price,
        is_free=sender == "real" and row.price == 0,
        pointers=Pointers(
            row.user_read, row.operator_read, row.user_delivered, row.operator_delivered
        ),
        balance=after.balance if after else 0,
        composer_quote=after.quote if after else "",
        composer_price=after.price if after else 0,
        composer_reason=after.reason if after else "",
        asks_about=asks_about,
    )
