"""What a page, a live push and a catch-up share: partials rendered once per audience, in envelopes.

An envelope is the JSON object that a page's gate takes: ``chat``, ``seq``, ``type``, ``content``
(``<hx-partial>`` elements), and where they apply ``client_id``, ``read`` and ``balance``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from flask import current_app, g

from fantooo.domain.events import MessageDeleted, MessageSent, Pointers
from fantooo.queries import chats

if TYPE_CHECKING:
    from uuid import UUID

    from fantooo.queries.chats import MessageView
    from fantooo.services.messages import Composer

Audience = Literal["user", "operator"]
Envelope = dict[str, Any]


def render(template: str, **values: Any) -> str:
    """A partial as HTML, from explicit values only: the same whoever looks, inside a request or not."""
    return current_app.jinja_env.get_template(template).render(values)


def message(event: MessageSent, audience: Audience) -> Envelope:
    """The envelope of a new message for one audience; rendered once, however often it is asked for.

    The user's own audience also gets the next price and the balance.
    """
    kept: dict[tuple[UUID, str], Envelope] = g.setdefault("envelopes", {})
    key = (event.message_id, audience)
    if key not in kept:
        kept[key] = _message(event, audience)
    return kept[key]


def _message(event: MessageSent, audience: Audience) -> Envelope:
    content = _appended(chats.view_of(event), event.chat_id, audience)
    envelope: Envelope = {
        "type": "message",
        "chat": str(event.chat_id),
        "seq": event.seq,
        "client_id": str(event.client_id),
        "read": pointers(event.pointers),
    }
    if audience == "user" and event.sender_type == "real":
        content += composer_partials(
            event.chat_id,
            {
                "quote": event.composer_quote,
                "price": event.composer_price,
                "reason": event.composer_reason,
                "balance": event.balance,
                "disabled_reason": "",
            },
        )
        envelope["balance"] = event.balance
    envelope["content"] = content
    return envelope


def change(
    view: MessageView, seq: int, chat_id: UUID, audience: Audience, *, new: bool
) -> Envelope:
    """The envelope of one message in a catch-up: appended when ``new`` to the page, else replaced."""
    content = (
        _appended(view, chat_id, audience)
        if new
        else f'<hx-partial hx-target="#m-{view.id}" hx-swap="outerHTML">'
        f"{bubble(view, chat_id, audience)}</hx-partial>"
    )
    return {
        "type": "message" if new else "edit",
        "chat": str(chat_id),
        "seq": seq,
        "client_id": view.client_id,
        "content": content,
    }


def deleted(event: MessageDeleted, audience: Audience) -> Envelope:
    """The envelope of a message that its user took back: the tombstone in its place."""
    envelope = change(chats.tombstone_of(event), event.seq, event.chat_id, audience, new=False)
    return {**envelope, "read": pointers(event.pointers)}


def bubble(view: MessageView, chat_id: UUID, audience: Audience) -> str:
    """One message as HTML."""
    partial: Any = current_app.jinja_env.get_template("partials/chat/message.html").module
    return str(partial.bubble(view, audience, chat_id))


def composer_price(chat_id: UUID, composer: Composer | dict[str, Any]) -> str:
    """The composer's price line, with the signed quote inside."""
    return render("partials/chat/composer_price.html", composer=composer, chat_id=chat_id)


def composer_partials(chat_id: UUID, composer: Composer | dict[str, Any]) -> str:
    """Price line and balance as parts to swap in."""
    values = composer if isinstance(composer, dict) else asdict(composer)
    return (
        '<hx-partial hx-target="#composer-price" hx-swap="outerHTML">'
        f"{composer_price(chat_id, values)}</hx-partial>{balance(values['balance'])}"
    )


def balance(credits: int) -> str:
    """The balance in the top bar as a part to swap in."""
    html = render("partials/chat/balance.html", credits=credits)
    return f'<hx-partial hx-target="#balance" hx-swap="outerHTML">{html}</hx-partial>'


def pointers(marks: Pointers) -> dict[str, int]:
    """How far each side has read and received, as the page's gate takes it."""
    return dict(vars(marks))


def _appended(view: MessageView, chat_id: UUID, audience: Audience) -> str:
    return (
        '<hx-partial hx-target="#messages" hx-swap="beforeend">'
        f"{bubble(view, chat_id, audience)}</hx-partial>"
    )
