"""The operators' pages: waiting room, chat desk, notes and handing back."""

from __future__ import annotations

from typing import cast
from uuid import UUID, uuid4

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

from fantooo.domain.errors import AssignmentEnded, ChatNotFound, NoteConflict, NotFound
from fantooo.queries import chats, operators, people, settings, team
from fantooo.queries.people import NoteView
from fantooo.services import (
    assignment,
    chats as chat_service,
    notes,
    operators as operator_service,
    security,
)
from fantooo.services.notes import Subject
from fantooo.web import conversations, forms, guards, sends
from fantooo.web.errors import wants_json

blueprint = Blueprint("operator", __name__, url_prefix="/operator")


@blueprint.get("/waiting")
def waiting() -> ResponseReturnValue:
    """The waiting room: availability, today's numbers, the live queue and the chats held."""
    me = guards.account_id()
    return render_template(
        "pages/operator/waiting.html",
        operator=operators.own_view(me),
        today=operators.today(me),
        queue=operators.queue(),
        held=operators.held(me),
    )


@blueprint.post("/availability")
def set_availability() -> ResponseReturnValue:
    """The switch: available, or away with a reason."""
    me = guards.account_id()
    operator_service.set_availability(
        me,
        available=request.form.get("available") == "on",
        reason=request.form.get("reason", ""),
    )
    return _switched("partials/operator/availability.html", me)


@blueprint.post("/auto-next")
def set_auto_next() -> ResponseReturnValue:
    """Whether the next most urgent chat opens by itself after a reply."""
    me = guards.account_id()
    operator_service.set_auto_next(me, on=request.form.get("auto_next") == "on")
    return _switched("partials/operator/availability.html", me)


@blueprint.get("/availability")
def availability() -> ResponseReturnValue:
    """The switch as it stands, for a page that hears that somebody else has moved it."""
    operator = operators.own_view(guards.account_id())
    return render_template("partials/operator/availability.html", operator=operator)


@blueprint.get("/queue")
def queue() -> ResponseReturnValue:
    """The live queue."""
    return render_template("partials/operator/queue.html", queue=operators.queue())


@blueprint.get("/held")
def held() -> ResponseReturnValue:
    """The chats the operator holds."""
    return render_template("partials/operator/held.html", held=operators.held(guards.account_id()))


@blueprint.get("/chat/<uuid:chat_id>")
def show(chat_id: UUID) -> ResponseReturnValue:
    """The chat desk. A chat that was taken away leads back to the waiting room."""
    me = guards.account_id()
    try:
        chat = chats.get_chat(chat_id)
    except ChatNotFound:
        if team.ever_held(chat_id, me) and request.method == "GET":
            return redirect(url_for("operator.waiting"))
        raise
    # Every staff reading of a private chat is logged; an operator's reason is the assignment.
    security.record("data_access", chat=str(chat_id), assignment=str(chat.assignment_number))
    desk = people.desk(chat, me)
    return render_template(
        "pages/operator/chat.html",
        chat=chat,
        conversation=chats.window(chat),
        seen=chat.event_seq,
        draft=desk.draft,
        assignment_number=chat.assignment_number,
        user=desk.user,
        character=desk.character,
        guidelines=desk.guidelines,
        templates=desk.templates,
        real_note=desk.real_note,
        fictional_note=desk.fictional_note,
        held=operators.held(me),
        operator=operators.own_view(me),
        language=desk.language,
        routing_reason=desk.routing_reason,
        answer_within=settings.current().return_after,
        answer_left=chats.answer_left(chat),
        # Without JavaScript: a form pressed twice is one message. The user's form has the newest
        # message's id, so this one must have another.
        client_id=uuid4(),
    )


@blueprint.get("/chat/<uuid:chat_id>/person")
def person(chat_id: UUID) -> ResponseReturnValue:
    """The user of the chat as they describe themselves now."""
    chat = chats.get_chat(chat_id)
    return render_template(
        "partials/operator/person.html", user=people.panel(chat.real_user_id), chat_id=chat_id
    )


@blueprint.get("/chat/<uuid:chat_id>/history")
def history(chat_id: UUID) -> ResponseReturnValue:
    """Older messages."""
    return conversations.history(chat_id, "operator", "operator.history")


@blueprint.get("/chat/<uuid:chat_id>/changes")
def changes(chat_id: UUID) -> ResponseReturnValue:
    """Everything that happened since the desk was last up to date."""
    return conversations.changes(chat_id, "operator")


@blueprint.post("/chat/<uuid:chat_id>/messages")
def send(chat_id: UUID) -> ResponseReturnValue:
    """Sends a character's reply."""
    sent = sends.from_operator(chat_id, request.form)
    if wants_json():
        return jsonify(sends.operators_answer(sent))
    return redirect(url_for("operator.show", chat_id=chat_id), 303)


@blueprint.put("/chat/<uuid:chat_id>/draft")
def save_draft(chat_id: UUID) -> ResponseReturnValue:
    """Keeps what is typed and not sent."""
    chat_service.save_draft(chat_id, guards.account_id(), request.form.get("content", ""))
    return Response(status=204)


@blueprint.post("/chat/<uuid:chat_id>/language")
def set_language(chat_id: UUID) -> ResponseReturnValue:
    """What the chat is answered in: whoever takes it next is chosen by it."""
    chat_service.set_language(chat_id, request.form.get("language", ""))
    if wants_json():
        return Response(status=204)
    return redirect(url_for("operator.show", chat_id=chat_id), 303)


@blueprint.put("/chat/<uuid:chat_id>/notes/<side>")
def save_note(chat_id: UUID, side: str) -> ResponseReturnValue:
    """Saves a note about the user or the character; 409 shows what somebody else wrote."""
    if side not in ("real", "fictional"):
        raise NotFound
    content = request.form.get("content", "")
    try:
        version, saved_at = notes.save(
            chat_id=chat_id,
            author_id=guards.account_id(),
            subject=cast("Subject", side),
            content=content,
            version=forms.int_field("version"),
        )
    except NoteConflict as error:
        note = NoteView(error.details["content"], error.details["version"])
        return _note(note, chat_id, side, conflict=True, mine=content), 409
    return _note(NoteView(content, version, saved_at), chat_id, side, conflict=False, mine="")


@blueprint.post("/chat/<uuid:chat_id>/handback")
def hand_back(chat_id: UUID) -> ResponseReturnValue:
    """Gives the chat back with a reason."""
    me = guards.account_id()
    try:
        chats.get_chat(chat_id)
    except ChatNotFound:
        if team.ever_held(chat_id, me):
            raise AssignmentEnded from None
        raise
    assignment.hand_back(
        chat_id=chat_id,
        operator_id=me,
        number=forms.int_field("assignment_number"),
        reason=request.form.get("reason", ""),
    )
    target = url_for("operator.waiting")
    return jsonify(url=target) if wants_json() else redirect(target, 303)


def _switched(partial: str, me: UUID) -> ResponseReturnValue:
    if request.headers.get("HX-Request") != "true":
        return redirect(url_for("operator.waiting"), 303)
    return render_template(partial, operator=operators.own_view(me))


def _note(note: NoteView, chat_id: UUID, side: str, *, conflict: bool, mine: str) -> str:
    return render_template(
        "partials/operator/note.html",
        note=note,
        chat_id=chat_id,
        side=side,
        conflict=conflict,
        mine=mine,
    )
