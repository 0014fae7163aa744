"""Misbehaviour on command: what the next webhook or the next API call shall do wrong."""

from __future__ import annotations

from typing import Any

from fantooo.gateways.doubles.paystack.store import Record, Store

#: how a webhook can go wrong
WEBHOOK = ("late", "twice", "swapped", "amount", "currency", "signature", "unsigned", "never")
#: how a call can go wrong
API = ("error", "timeout", "garbage", "slow", "refuse")


class BadOrder(ValueError):
    """No such misbehaviour; the text names those there are."""


def place(store: Store, target: str, order: dict[str, Any]) -> Record:
    """Keeps an order for ``target`` (webhook, api); ``times`` is how often. Raises ``BadOrder``."""
    known = WEBHOOK if target == "webhook" else API
    if order.get("how") not in known:
        raise BadOrder(f"how is one of {', '.join(known)}")
    return store.add("order", {**order, "target": target, "times": int(order.get("times", 1))})


def take(store: Store, target: str, subject: str) -> Record | None:
    """The oldest order for ``subject`` (an event's name, or method and path), used up once.

    An order's ``only`` is what its subject begins with.
    """
    with store.work():
        for order in store.all("order"):
            if order["target"] != target or not subject.startswith(order.get("only", "")):
                continue
            order["times"] -= 1
            if order["times"] > 0:
                store.save(order)
            else:
                store.remove(order)
            return order
    return None
