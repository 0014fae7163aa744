"""What happened, told to whoever listens after the commit.

Most carry ids alone and listeners read the rest; a message carries its bubble, for sends are many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID


@dataclass(frozen=True)
class Pointers:
    """How far each side has read and received a chat, as event numbers."""

    user: int = 0
    operator: int = 0
    delivered_user: int = 0
    delivered_operator: int = 0


@dataclass(frozen=True)
class MessageSent:
    """A message was stored. Carries all its bubble shows, so that no listener reads again.

    ``content`` is empty when a repeat tells of a message that was deleted since. ``asks_about`` is
    as in a bubble: the character whose being real the text asks about.
    """

    chat_id: UUID
    user_id: UUID
    operator_id: UUID | None
    message_id: UUID
    seq: int
    sender_type: str
    content: str
    created_at: datetime
    client_id: UUID
    price: int
    is_free: bool
    pointers: Pointers
    balance: int = 0
    composer_quote: str = ""
    composer_price: int = 0
    composer_reason: str = ""
    asks_about: str = ""


@dataclass(frozen=True)
class MessageDeleted:
    """A user took an own message back, as event ``seq``. Carries all its tombstone shows."""

    chat_id: UUID
    user_id: UUID
    operator_id: UUID | None
    seq: int
    message_id: UUID
    message_seq: int
    created_at: datetime
    client_id: UUID | None
    price: int
    is_free: bool
    pointers: Pointers


@dataclass(frozen=True)
class ChatRead:
    """One side's read or delivered mark moved, as event ``seq`` of the chat."""

    side: Literal["user", "operator"]
    chat_id: UUID
    user_id: UUID
    operator_id: UUID | None
    seq: int
    pointers: Pointers


@dataclass(frozen=True)
class ChatAssigned:
    """An operator got a chat."""

    chat_id: UUID
    operator_id: UUID


@dataclass(frozen=True)
class ChatUnassigned:
    """An operator lost a chat; access to it has ended."""

    chat_id: UUID
    operator_id: UUID
    reason: str


@dataclass(frozen=True)
class OperatorWarned:
    """A held chat waits too long for an answer (seconds)."""

    chat_id: UUID
    operator_id: UUID
    seconds: int


@dataclass(frozen=True)
class AvailabilityChanged:
    """An operator was set available or away by somebody else than themselves."""

    operator_id: UUID


@dataclass(frozen=True)
class QueueChanged:
    """Somebody entered or left the queue."""


@dataclass(frozen=True)
class SessionEnded:
    """Access of a session, or of all of an account's (``session_id`` None), has ended."""

    account_id: UUID
    session_id: UUID | None = None


@dataclass(frozen=True)
class PersonChanged:
    """A user changed what the operators who hold a chat of theirs see of them."""

    user_id: UUID
    operator_ids: tuple[UUID, ...]
    shows_online: bool


@dataclass(frozen=True)
class BalanceChanged:
    """Credits moved outside a message. ``notice``: what the user is told about it."""

    user_id: UUID
    balance: int
    notice: str = ""


@dataclass(frozen=True)
class PaymentChanged:
    """A purchase moved on; its pages look again."""

    user_id: UUID
    transaction_id: UUID


Event = (
    MessageSent
    | MessageDeleted
    | ChatRead
    | ChatAssigned
    | ChatUnassigned
    | OperatorWarned
    | AvailabilityChanged
    | QueueChanged
    | SessionEnded
    | PersonChanged
    | BalanceChanged
    | PaymentChanged
)
