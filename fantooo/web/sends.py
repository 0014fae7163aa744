"""Sending a message, over whichever line it comes: a form, or a frame of the page's open socket.

The socket is the quick one: who opened it is known already, and on a phone it spares the way to
and fro that a request of its own begins with. The form works without a script and without a socket.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import structlog
from flask import g, url_for

from fantooo import fragments
from fantooo.domain.errors import Forbidden, Maintenance, PriceChanged
from fantooo.queries import operators, settings
from fantooo.services import messages, security
from fantooo.services.messages import Sent
from fantooo.web import admission, errors, forms, guards, limits, request_log

Fields = Mapping[str, str]


def from_user(chat_id: UUID, fields: Fields) -> Sent:
    """Sends a user's message at the shown price; the same client_id again returns the first answer.

    Raises what ``messages.send`` raises, and ``TooManyRequests``.
    """
    account = guards.account_id()
    limits.count_message(account)
    try:
        return messages.send(
            chat_id=chat_id,
            account_id=account,
            client_id=forms.as_uuid(fields, "client_id"),
            content=fields.get("content", ""),
            quote_token=fields.get("quote", ""),
        )
    except PriceChanged as error:
        # The page shows the new price where the old one stood.
        fresh = error.details["composer"]
        error.details["composer"] = fragments.composer_price(chat_id, fresh)
        raise


def from_operator(chat_id: UUID, fields: Fields) -> Sent:
    """Sends a character's reply, under the fencing number and what the desk has seen.

    Raises what ``messages.reply`` raises, and ``TooManyRequests``.
    """
    account = guards.account_id()
    limits.count_message(account)
    return messages.reply(
        chat_id=chat_id,
        operator_id=account,
        client_id=forms.as_uuid(fields, "client_id"),
        content=fields.get("content", ""),
        assignment_number=forms.as_int(fields, "assignment_number"),
        seen_seq=forms.as_int(fields, "seen_seq"),
    )


def users_answer(sent: Sent) -> dict[str, Any]:
    """What a user's page is told of its message."""
    return fragments.message(sent.event, "user")


def operators_answer(sent: Sent) -> dict[str, Any]:
    """What a desk is told of its reply, with the address of the chat that waits next."""
    following = operators.next_waiting(guards.account_id(), but=sent.event.chat_id)
    address = url_for("operator.show", chat_id=following) if following else None
    return {**fragments.message(sent.event, "operator"), "next": address}


def over_socket(chat_id: UUID, fields: Fields, look: Callable[[], None]) -> dict[str, Any]:
    """Sends what came as a frame from the current viewer's page, in an application context of its own.

    ``look`` is called when it is this message's turn, and raises when the page may not write any more.
    Returns ``status``, ``body`` and ``retry_after`` (seconds, 0: no need to wait), as the form would
    have been answered as JSON. Raises nothing.
    """
    began = time.perf_counter()
    g.request_id = secrets.token_hex(8)
    replies = guards.me().role == "operator"
    endpoint = "operator.send" if replies else "chat.send"
    status, retry_after = 200, 0
    with structlog.contextvars.bound_contextvars(request_id=g.request_id):
        try:
            with admission.place():
                look()
                _refuse_what_no_form_may(fields, endpoint)
                if replies:
                    body = operators_answer(from_operator(chat_id, fields))
                else:
                    body = users_answer(from_user(chat_id, fields))
        except Exception as error:  # noqa: BLE001 (every answer is one of the error table)
            refusal = errors.named(error)
            errors.note(refusal, endpoint)
            status, body = refusal.look.status, errors.as_json(refusal)
            retry_after = refusal.details.get("retry_after", 0)
        request_log.note(endpoint, "SOCKET", status, time.perf_counter() - began)
    return {"status": status, "body": body, "retry_after": retry_after}


def _refuse_what_no_form_may(fields: Fields, endpoint: str) -> None:
    """What guards ask before a form reaches its route."""
    if settings.in_maintenance():
        raise Maintenance(retry_after=guards.MAINTENANCE_RETRY)
    if guards.me().role not in ("user", "operator"):
        security.record("permission_denied", endpoint=endpoint)
        raise Forbidden
    forms.refuse_unwritable(fields.values())
