"""Transition tables: along which lines a status may change, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

CHAT: Mapping[str, frozenset[str]] = {
    "active": frozenset({"idle", "closed", "escalated"}),
    "idle": frozenset({"active", "closed", "escalated"}),
    "escalated": frozenset({"active", "closed"}),
    "closed": frozenset({"active", "archived"}),
    "archived": frozenset({"active"}),
}

#: a purchase; a payment given up may still arrive, and is credited then
PAYMENT: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"processing", "success", "failed"}),
    "processing": frozenset({"success", "failed"}),
    "failed": frozenset({"success"}),
    "success": frozenset({"refunded"}),
}

#: a promo code in a purchase; one given up counts again when the money arrives after all
PROMO: Mapping[str, frozenset[str]] = {
    "reserved": frozenset({"used", "released"}),
    "released": frozenset({"used"}),
}

#: money on its way back: the row, then the provider knows of it, then it has ended
MONEY_REFUND: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"processing", "success", "failed"}),
    "processing": frozenset({"success", "failed"}),
}

#: what somebody asks to have back of a message
MESSAGE_REFUND: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"completed", "rejected"}),
}

#: what a second admin decides
APPROVAL: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"done", "rejected"}),
}

DISPUTE: Mapping[str, frozenset[str]] = {
    "open": frozenset({"won", "lost"}),
}

#: somebody's wish to be deleted: done once what goes back has arrived
DATA_REQUEST: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"settling", "cancelled"}),
    "settling": frozenset({"completed"}),
}


class IllegalTransition(ValueError):
    """A status was asked to change along a line that is not in its table."""


def check_transition(table: Mapping[str, frozenset[str]], old: str, new: str) -> None:
    """Raises ``IllegalTransition`` unless ``table`` has a line from ``old`` to ``new``."""
    if new not in table.get(old, frozenset()):
        raise IllegalTransition(f"{old} -> {new}")


def sources(table: Mapping[str, frozenset[str]], new: str) -> list[str]:
    """All states from which ``new`` can be reached in one step, for UPDATE ... WHERE status IN."""
    return sorted(old for old, targets in table.items() if new in targets)
