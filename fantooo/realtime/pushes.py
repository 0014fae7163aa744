"""After a commit: renders once per audience and publishes the same bytes to all who listen.

Fire and forget: what Redis loses, the page's catch-up heals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog

from fantooo import fragments
from fantooo.domain.events import (
    AvailabilityChanged,
    BalanceChanged,
    ChatAssigned,
    ChatRead,
    ChatUnassigned,
    MessageDeleted,
    MessageSent,
    OperatorWarned,
    PaymentChanged,
    PersonChanged,
    QueueChanged,
    SessionEnded,
)
from fantooo.infra import redis
from fantooo.realtime import presence, wire

if TYPE_CHECKING:
    from uuid import UUID

    from fantooo.domain.events import Event

log = structlog.get_logger(__name__)

Letter = tuple[str, str]


def push(event: Event) -> None:
    """Publishes what pages should hear of ``event``, in one round trip."""
    letters = _letters(event)
    if not letters:
        return
    try:
        _publish(letters)
        if isinstance(event, PersonChanged) and not event.shows_online:
            # After their sockets have heard it, so that none enters again.
            presence.hide(event.user_id)
    except redis.RedisError as error:
        log.warning("push_failed", error_type=type(error).__name__)


def _publish(letters: list[Letter]) -> None:
    if len(letters) == 1:
        redis.client().publish(*letters[0])
        return
    with redis.client().pipeline(transaction=False) as pipe:
        for channel, data in letters:
            pipe.publish(channel, data)
        pipe.execute()


def _letters(event: Event) -> list[Letter]:  # noqa: C901 (one line an event)
    match event:
        case MessageSent():
            return _message(event)
        case MessageDeleted():
            return _deleted(event)
        case ChatRead():
            return _read(event)
        case ChatAssigned():
            return [_all(wire.account(event.operator_id), _assigned(event))]
        case ChatUnassigned():
            return _unassigned(event)
        case OperatorWarned():
            warning = {"type": "warn", "chat": str(event.chat_id), "seconds": event.seconds}
            return [_all(wire.account(event.operator_id), warning)]
        case AvailabilityChanged():
            return [_all(wire.account(event.operator_id), {"type": "availability"})]
        case QueueChanged():
            return [_all(wire.OPERATORS, {"type": "queue"})]
        case SessionEnded():
            session = str(event.session_id) if event.session_id else None
            order = wire.dump({"do": "end_session", "session": session})
            return [(wire.account(event.account_id), wire.payload(wire.CONTROL, order))]
        case PersonChanged():
            return _person(event)
        case BalanceChanged():
            return _balance(event)
        case PaymentChanged():
            return [_all(wire.account(event.user_id), {"type": "payment"})]


def _balance(event: BalanceChanged) -> list[Letter]:
    channel = wire.account(event.user_id)
    frame = {
        "type": "composer",
        "balance": event.balance,
        "content": fragments.balance(event.balance),
    }
    letters = [_all(channel, frame)]
    if event.notice:
        letters.append(_all(channel, {"type": "notice", "text": event.notice}))
    return letters


def _person(event: PersonChanged) -> list[Letter]:
    """Desks ask anew; the person's own sockets learn whether they may be seen."""
    shown = "1" if event.shows_online else ""
    order = wire.dump({"do": "show", "shown": shown})
    return [
        (wire.account(event.user_id), wire.payload(wire.CONTROL, order)),
        *(_all(wire.account(operator), {"type": "person"}) for operator in event.operator_ids),
    ]


def _assigned(event: ChatAssigned) -> dict[str, object]:
    chat_id = str(event.chat_id)
    return {"type": "assigned", "chat": chat_id, "url": f"/operator/chat/{chat_id}"}


def _unassigned(event: ChatUnassigned) -> list[Letter]:
    """The page is told first; then the hub stops it from hearing the chat."""
    channel = wire.account(event.operator_id)
    chat_id = str(event.chat_id)
    order = wire.dump({"do": "unassign", "chat": chat_id})
    return [
        _all(channel, {"type": "unassigned", "chat": chat_id, "reason": event.reason}),
        (channel, wire.payload(wire.CONTROL, order)),
    ]


def _message(event: MessageSent) -> list[Letter]:
    letters = [_news(event.user_id, event.chat_id, fragments.message(event, "user"))]
    if event.operator_id is not None:
        frame = fragments.message(event, "operator")
        letters.append(_news(event.operator_id, event.chat_id, frame))
    return letters


def _deleted(event: MessageDeleted) -> list[Letter]:
    """Lists elsewhere show the newest text of a chat, so they look again too."""
    letters = [_news(event.user_id, event.chat_id, fragments.deleted(event, "user"))]
    if event.operator_id is not None:
        frame = fragments.deleted(event, "operator")
        letters.append(_news(event.operator_id, event.chat_id, frame))
    return letters


def _read(event: ChatRead) -> list[Letter]:
    frame = wire.dump(
        {
            "type": "read",
            "chat": str(event.chat_id),
            "seq": event.seq,
            "read": fragments.pointers(event.pointers),
        }
    )
    kind = wire.OWN_READ if event.side == "user" else wire.IN_CHAT
    letters = [(wire.account(event.user_id), wire.payload(kind, frame, event.chat_id))]
    if event.operator_id is not None:
        letters.append(
            (wire.account(event.operator_id), wire.payload(wire.IN_CHAT, frame, event.chat_id))
        )
    return letters


def _news(account_id: UUID, chat_id: UUID, frame: dict[str, Any]) -> Letter:
    return wire.account(account_id), wire.payload(wire.NEWS, wire.dump(frame), chat_id)


def _all(channel: str, frame: Mapping[str, object]) -> Letter:
    return channel, wire.payload(wire.FOR_ALL, wire.dump(dict(frame)))
