"""Names of channels, kinds of frames between processes, and the small frames that carry no HTML."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

ACCOUNT = "acct:"
OPERATORS = "operators"

#: to every page of the channel
FOR_ALL = "f"
#: to pages that show the chat
IN_CHAT = "c"
#: to pages that show the chat; others are told that their lists are out of date
NEWS = "n"
#: like NEWS, and pages that show the chat refresh their badge too
OWN_READ = "r"
#: typing, for the other side only
FROM_USER, FROM_OPERATOR = "u", "o"
SIDE = {FROM_USER: "user", FROM_OPERATOR: "operator"}
#: whether a user has a page open, for the operator of the chat
PRESENCE = "p"
#: for the hub itself
CONTROL = "x"


def account(account_id: UUID | str) -> str:
    """The channel of all pages of an account."""
    return f"{ACCOUNT}{account_id}"


def chat(chat_id: UUID | str) -> str:
    """The channel of pages that show a chat: typing."""
    return f"chat:{chat_id}"


def user(user_id: UUID | str) -> str:
    """The channel that tells operators whether a user is there."""
    return f"user:{user_id}"


def payload(kind: str, frame: str, chat_id: UUID | str = "") -> str:
    """What is published: the kind, the chat it is about and the frame for the page."""
    return f"{kind}|{chat_id}|{frame}"


def dump(value: dict[str, Any]) -> str:
    """A frame as compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


READY = dump({"type": "ready"})
PULSE = dump({"type": "pulse"})
_UNREAD = dump({"type": "unread"})
_QUEUE = dump({"type": "queue"})


def elsewhere(side: str) -> str:
    """What a page hears of a chat it does not show: its lists are out of date."""
    return _UNREAD if side == "user" else _QUEUE


def taken(client_id: str) -> str:
    """A message has come and is being sent."""
    return dump({"type": "taken", "client_id": client_id})


def presence(chat_id: UUID, *, online: bool) -> str:
    """Whether the user of the shown chat has a page open."""
    return dump({"type": "presence", "chat": str(chat_id), "online": online})
