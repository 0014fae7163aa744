"""The user's side of chats: inbox, conversation, sending, catch-up and draft."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from fantooo import fragments
from fantooo.domain.errors import FantoooError, ValidationError
from fantooo.domain.refunding import ASKED_REASONS
from fantooo.queries import characters, chats, inbox, refunds
from fantooo.services import chats as chat_service, liking, message_refunds, messages, tombstones
from fantooo.web import conversations, forms, guards, sends, templating
from fantooo.web.errors import wants_fragment, wants_json

blueprint = Blueprint("chat", __name__)


@blueprint.get("/chats", endpoint="inbox")
def inbox_page() -> ResponseReturnValue:
    """All chats of the user, newest first, with what is unread."""
    rows = inbox.rows(guards.account_id())
    template = "partials/chat/list.html" if wants_fragment() else "pages/user/chats.html"
    return render_template(template, rows=rows)


@blueprint.get("/chats/unread")
def unread() -> ResponseReturnValue:
    """The badge in the navigation, and the balance: another chat may have spent from it."""
    count = inbox.unread_chats(guards.account_id())
    badge = fragments.render("partials/chat/unread.html", unread=count)
    return badge + fragments.balance(guards.me().credits or 0)


@blueprint.get("/chat/<uuid:chat_id>")
def show(chat_id: UUID) -> ResponseReturnValue:
    """The conversation page."""
    account = guards.account_id()
    chat = chats.get_chat(chat_id)
    beside = chats.beside(chat_id, account)
    templating.viewer().unread = beside.unread_chats
    return render_template(
        "pages/user/chat.html",
        chat=chat,
        character=characters.get(chat.character_id, published_only=False),
        conversation=chats.window(chat),
        seen=chat.event_seq,
        composer=messages.composer_of(chat_id, account),
        draft=beside.draft,
        returned=beside.returned,
    )


@blueprint.get("/chat/<uuid:chat_id>/history")
def history(chat_id: UUID) -> ResponseReturnValue:
    """Older messages, before one that the page shows."""
    return conversations.history(chat_id, "user", "chat.history")


@blueprint.get("/chat/<uuid:chat_id>/changes")
def changes(chat_id: UUID) -> ResponseReturnValue:
    """Everything that happened since the page was last up to date."""
    return conversations.changes(chat_id, "user")


@blueprint.post("/chat/<uuid:chat_id>/messages")
def send(chat_id: UUID) -> ResponseReturnValue:
    """Sends a message at the shown price."""
    try:
        sent = sends.from_user(chat_id, request.form)
    except FantoooError:
        _keep_typed(chat_id)
        raise
    if wants_json():
        return jsonify(sends.users_answer(sent))
    return redirect(url_for("chat.show", chat_id=chat_id, _anchor="composer"), 303)


@blueprint.post("/chat/<uuid:chat_id>/rating")
def rate(chat_id: UUID) -> ResponseReturnValue:
    """Rates the chat with one to five stars."""
    liking.rate(chat_id, guards.account_id(), stars=forms.int_field("stars"))
    if wants_json():
        return jsonify(stars=forms.int_field("stars"))
    return redirect(url_for("chat.show", chat_id=chat_id), 303)


@blueprint.put("/chat/<uuid:chat_id>/draft")
def save_draft(chat_id: UUID) -> ResponseReturnValue:
    """Keeps what is typed and not sent."""
    chat_service.save_draft(chat_id, guards.account_id(), request.form.get("content", ""))
    return Response(status=204)


@blueprint.get("/chat/<uuid:chat_id>/messages/<uuid:message_id>/refund")
def refund(chat_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """What one can say to get the credits of an own message back, and what became of it."""
    return _refund_page(chat_id, message_id)


@blueprint.post("/chat/<uuid:chat_id>/messages/<uuid:message_id>/refund")
def ask_refund(chat_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Asks for the credits of an own message."""
    try:
        message_refunds.ask(
            account_id=guards.account_id(),
            chat_id=chat_id,
            message_id=message_id,
            reason=request.form.get("reason", ""),
            words=request.form.get("words", ""),
        )
    except ValidationError as error:
        errors = error.fields or {"": error.message}
        return _refund_page(chat_id, message_id, errors), error.look.status
    return redirect(url_for("chat.refund", chat_id=chat_id, message_id=message_id), 303)


@blueprint.get("/chat/<uuid:chat_id>/messages/<uuid:message_id>/deletion")
def deletion(chat_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Asks whether an own message should go; pages with a script ask in a dialog."""
    return render_template(
        "pages/user/message_deletion.html",
        chat_id=chat_id,
        message=chats.own_message(chat_id, message_id),
    )


@blueprint.post("/chat/<uuid:chat_id>/messages/<uuid:message_id>/deletion")
def delete_message(chat_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Deletes an own message for both sides; again is harmless."""
    deleted = tombstones.delete_message(chat_id, message_id)
    if wants_json():
        return jsonify(fragments.deleted(deleted, "user"))
    return redirect(url_for("chat.show", chat_id=chat_id, _anchor=f"m-{message_id}"), 303)


def _keep_typed(chat_id: UUID) -> None:
    """A page without a script leaves for the error's own: what was typed is there when one returns."""
    if wants_json() or wants_fragment():
        return
    with suppress(FantoooError):
        chat_service.save_draft(chat_id, guards.account_id(), request.form.get("content", ""))


def _refund_page(chat_id: UUID, message_id: UUID, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "pages/user/message_refund.html",
        message=refunds.asked(chat_id, message_id),
        reasons=ASKED_REASONS,
        errors=errors or {},
        chosen=request.form.get("reason", ""),
        words=request.form.get("words", "")[:500],
    )
