"""A slow, obvious implementation of sending: what ``send_message`` must do, told in plain Python.

It keeps its own small world in memory; the tests run the same steps through both and compare.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Wallet:
    credits: int
    bonus: int
    tier: str = "free"
    banned: bool = False
    paused: bool = False
    excluded: bool = False
    spending_frozen: bool = False
    sent: int = 0


@dataclass
class Stored:
    """A message, and what the ledger says about it."""

    client_id: UUID
    account: UUID
    sender: str
    content: str
    seq: int
    price: int
    is_free: bool
    bonus_spent: int


@dataclass
class ReferenceChat:
    user: UUID
    character: UUID
    operator: UUID | None = None
    number: int = 0
    events: int = 0
    free_used: int = 0
    paid: int = 0
    spent: int = 0
    replies_in_row: int = 0
    waiting: bool = False
    frozen: bool = False
    last_user_seq: int = 0
    last_fictional_seq: int = 0
    operator_read: int = 0
    queued: bool = False
    messages: list[Stored] = field(default_factory=list)


@dataclass
class World:
    wallets: dict[UUID, Wallet] = field(default_factory=dict)
    chats: dict[UUID, ReferenceChat] = field(default_factory=dict)
    published: dict[UUID, bool] = field(default_factory=dict)
    featured: dict[UUID, bool] = field(default_factory=dict)
    version: int = 0
    free_limit: int = 3

    def send(
        self,
        account: UUID,
        chat_id: UUID,
        client_id: UUID,
        content: str,
        *,
        price: int,
        is_free: bool,
        free_used: int,
        tier: str,
        featured: bool,
        version: int,
    ) -> tuple[str, int | None]:
        """A user's message. Returns the outcome and the place of the message, if there is one."""
        chat = self.chats.get(chat_id)
        if chat is None or chat.user != account:
            return "chat_not_found", None
        for earlier in chat.messages:
            if (earlier.client_id, earlier.account) == (client_id, account):
                return "repeat", earlier.seq
        wallet = self.wallets[account]
        if chat.frozen:
            return "chat_frozen", None
        if not self.published[chat.character]:
            return "character_unavailable", None
        shown = min(free_used, self.free_limit)
        if min(chat.free_used, self.free_limit) != shown:
            return "price_changed", None
        if self.featured[chat.character] != featured or self.version != version:
            return "price_changed", None
        if wallet.banned:
            return "banned", None
        if wallet.paused or wallet.excluded:
            return "paused_by_user", None
        if wallet.tier != tier:
            return "price_changed", None
        if price > 0 and wallet.spending_frozen:
            return "spending_frozen", None
        if wallet.credits < price:
            return "insufficient_credits", None

        bonus = min(wallet.bonus, price)
        wallet.credits -= price
        wallet.bonus -= bonus
        wallet.sent += 1
        chat.events += 1
        chat.messages.append(
            Stored(client_id, account, "real", content, chat.events, price, is_free, bonus)
        )
        chat.free_used += is_free
        chat.paid += price > 0
        chat.spent += price
        chat.replies_in_row = 0
        chat.waiting = True
        chat.last_user_seq = chat.events
        if chat.operator is None:
            chat.queued = True
        return "sent", chat.events

    def reply(
        self,
        operator: UUID,
        chat_id: UUID,
        client_id: UUID,
        content: str,
        *,
        number: int,
        seen: int,
    ) -> tuple[str, int | None]:
        """A character's reply."""
        chat = self.chats.get(chat_id)
        if chat is None or chat.operator != operator:
            return "chat_not_found", None
        for earlier in chat.messages:
            if (earlier.client_id, earlier.account) == (client_id, operator):
                return "repeat", earlier.seq
        if chat.frozen:
            return "chat_frozen", None
        if chat.number != number:
            return "assignment_ended", None
        if chat.last_user_seq > seen:
            return "newer_messages", None
        if chat.last_user_seq == 0 or chat.replies_in_row >= 3:
            return "reply_limit", None
        chat.events += 1
        chat.messages.append(
            Stored(client_id, operator, "fictional", content, chat.events, 0, False, 0)
        )
        chat.replies_in_row += 1
        chat.waiting = False
        chat.last_fictional_seq = chat.events
        chat.operator_read = max(chat.operator_read, min(seen, chat.events))
        return "sent", chat.events
