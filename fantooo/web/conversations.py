"""What both sides of a chat share: older messages as a fragment, and the catch-up."""

from __future__ import annotations

from uuid import UUID

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue

from fantooo import fragments
from fantooo.fragments import Audience
from fantooo.queries import chats
from fantooo.services import messages
from fantooo.web import forms, guards


def history(chat_id: UUID, audience: Audience, endpoint: str) -> ResponseReturnValue:
    """Messages before ``?before=`` as HTML, with a link to those before them."""
    chat = chats.get_chat(chat_id)
    conversation = chats.window(chat, before=forms.uuid_argument("before"))
    older = ""
    if conversation.has_older:
        older = url_for(endpoint, chat_id=chat_id, before=conversation.oldest)
    return fragments.render(
        "partials/chat/history.html",
        conversation=conversation,
        chat=chat,
        audience=audience,
        older_url=older,
    )


def changes(chat_id: UUID, audience: Audience) -> ResponseReturnValue:
    """What happened after ``?seen=``, as envelopes in order.

    The user's side ends with the price and balance as they are now, because other chats and tabs
    spend from the same wallet.
    """
    seen = forms.int_argument("seen")
    found = chats.changes(chat_id, seen=seen, oldest=forms.uuid_argument("oldest"))
    items = [
        fragments.change(view, view.changed_seq, chat_id, audience, new=view.seq > seen)
        for view in found.messages
    ]
    body = {
        "chat": str(chat_id),
        "seq": found.chat.event_seq,
        "items": items,
        "read": fragments.pointers(found.chat.pointers),
        "reload": found.reload,
    }
    if audience == "user":
        composer = messages.composer_of(chat_id, guards.account_id())
        body["composer"] = fragments.composer_partials(chat_id, composer)
        body["balance"] = composer.balance
    return jsonify(body)
