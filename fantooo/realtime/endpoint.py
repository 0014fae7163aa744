"""``/ws``: who may open a socket, and the five frames a page may send.

``hello`` (which chat the page shows), ``typing``, ``seen``, ``beat`` and ``send``: a message, which is
answered by a frame ``answer`` with the same ``client_id``, and by one ``taken`` before when that lasts.
A page without a socket sends its form.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import gevent
import structlog
from flask import Blueprint, current_app, request
from flask_login import current_user

from fantooo.domain.errors import ChatNotFound, FantoooError, Forbidden, Unauthorized
from fantooo.extensions import db, sock
from fantooo.infra import database, redis
from fantooo.infra.client_address import client_address
from fantooo.infra.database import current_viewer
from fantooo.queries import chats, sessions
from fantooo.realtime import presence, wire
from fantooo.realtime.connection import ACCESS_ENDED, FAILED, MALFORMED, TRY_LATER, Connection
from fantooo.services import chats as chat_service, credentials, operators, stretches

if TYPE_CHECKING:
    from flask import Flask

    from fantooo.queries.chats import ChatView
    from fantooo.realtime.hub import Hub

log = structlog.get_logger(__name__)
blueprint = Blueprint("socket", __name__)

ENDPOINT = "socket.live"
_BEAT_SECONDS = 15.0
_TYPING_SECONDS = 0.3
#: use is noted by the minute
_USE_SECONDS = 60.0
#: a page takes a line that stays quiet after a message for a dead one, a little later than this
_TAKEN_SECONDS = 1.0
_ID_LENGTH = 36
_TAKE_MESSAGE = "fantooo_take_message"
_PROCESS = f"{os.uname().nodename}:{os.getpid()}:{time.time_ns()}"
#: sends a message of the current viewer, given chat, fields and what to ask when it is its turn
TakeMessage = Callable[[UUID, Mapping[str, str], Callable[[], None]], dict[str, Any]]


def install(app: Flask, take_message: TakeMessage) -> None:
    """Adds the socket route and its gate; messages go to ``take_message``."""
    app.extensions[_TAKE_MESSAGE] = take_message
    app.before_request(_may_open)
    app.register_blueprint(blueprint)


def _may_open() -> None:
    """Checks who knocks before the handshake; a browser sends Origin with every socket."""
    if request.endpoint != ENDPOINT:
        return
    settings = current_app.config["SETTINGS"]
    origin = request.headers.get("Origin", "")
    here = settings.public_url if settings.is_production else request.host_url.rstrip("/")
    if origin != here:
        raise Forbidden
    viewer = current_viewer.get()
    if viewer.account_id is None or viewer.is_banned or not viewer.has_consented:
        raise Unauthorized
    # No compression: it costs memory on each idle socket.
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)


@sock.route("/ws", bp=blueprint)  # type: ignore[untyped-decorator]
def live(ws: Any) -> None:
    """Serves one page until it closes."""
    viewer = current_viewer.get()
    user: Any = current_user
    connection = Connection(ws, viewer, user.get_id(), client_address())
    hub: Hub = current_app.extensions["fantooo_hub"]
    db.session.remove()
    if _too_many(hub, connection):
        connection.close(TRY_LATER, "too many connections")
        connection.wait_until_ended()
        return
    hub.add(connection)
    try:
        _enter(hub, connection)
        seconds = current_app.config["SETTINGS"].socket_recheck_seconds
        while connection.is_open:
            text = connection.receive(seconds)
            try:
                _take(hub, connection, text, seconds)
            finally:
                # An idle socket holds no database connection.
                db.session.remove()
    except Exception:
        # Nothing may leave here: its answer would be written into the open socket.
        log.exception("socket_failed")
        connection.close(FAILED, "error")
    finally:
        hub.remove(connection)
        with contextlib.suppress(redis.RedisError):
            if connection.side == "user" and connection.shows_online:
                presence.leave(connection.account, id(connection), _PROCESS)
        connection.wait_until_ended()


def _too_many(hub: Hub, connection: Connection) -> bool:
    settings = current_app.config["SETTINGS"]
    of_account = hub.count(account=connection.account)
    of_address = hub.count(address=connection.address)
    return bool(
        of_account >= settings.sockets_per_account or of_address >= settings.sockets_per_address
    )


def _enter(hub: Hub, connection: Connection) -> None:
    channels = [wire.account(connection.account)]
    if connection.side == "operator":
        channels.append(wire.OPERATORS)
    hub.join(connection, *channels)
    # A page that opens is somebody who is here; it may be left before its first beat comes.
    _beat_beside(connection)


def _take(hub: Hub, connection: Connection, text: str | None, seconds: float) -> None:
    """Does what a frame asks for, if the page may still listen: that is looked at every so often.

    None: no frame came in that time.
    """
    try:
        frame, kind, chat_id = _read(text) if text is not None else ({}, "", None)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        connection.close(MALFORMED, "malformed frame")
        return
    try:
        if time.monotonic() - connection.checked_at >= seconds:
            _look_again(hub, connection)
        if connection.is_open:
            _serve(hub, connection, frame, kind, chat_id)
    except FantoooError as error:
        log.info("frame_refused", kind=str(kind)[:20], code=error.look.code)
    except redis.RedisError:
        log.info("frame_without_redis", kind=str(kind)[:20])
    except Exception as error:
        if not database.is_away(error):
            raise
        # What the frame asked for did not happen; the page asks again when it comes back.
        log.info("frame_without_database", kind=str(kind)[:20])
        connection.close(TRY_LATER, "try again later")


def _serve(
    hub: Hub, connection: Connection, frame: dict[str, Any], kind: Any, chat_id: UUID | None
) -> None:
    match kind:
        case "hello":
            _hello(hub, connection, chat_id)
        case "beat":
            _beat(connection)
        case "typing" if chat_id is not None and chat_id == connection.chat:
            _typing(connection, chat_id, on=frame.get("on") is True)
        case "send" if chat_id is not None:
            _message(connection, chat_id, frame)
        case "seen" if chat_id is not None and chat_id == connection.chat:
            _seen(connection, chat_id, frame)


def _read(text: str) -> tuple[dict[str, Any], Any, UUID | None]:
    frame = json.loads(text)
    return frame, frame["type"], UUID(frame["chat"]) if frame.get("chat") else None


def _hello(hub: Hub, connection: Connection, chat_id: UUID | None) -> None:
    """The page says which chat it shows; only one of the viewer's own is believed."""
    hub.leave_chat(connection)
    # Not before the chat is known: its page would catch up, and miss what comes in between.
    connection.greeted = False
    chat = _asked_for(connection, chat_id) if chat_id is not None else None
    connection.greeted = True
    if chat is None:
        hub.join(connection)
        return
    connection.chat, connection.chat_user = chat.id, chat.real_user_id
    if connection.side == "user":
        hub.join(connection, wire.chat(chat.id))
    else:
        hub.join(connection, wire.chat(chat.id), wire.user(chat.real_user_id))
        connection.push(wire.presence(chat.id, online=presence.is_online(chat.real_user_id)))


def _asked_for(connection: Connection, chat_id: UUID) -> ChatView | None:
    """The chat a page shows, if it is the viewer's own.

    Without it the page is heard all the same, for its lists: told that it is ready, it asks for
    what it missed of its chat, and learns from the answer that it is not its own any more.
    """
    if connection.side not in ("user", "operator"):
        return None
    connection.asking = chat_id
    try:
        chat = chats.get_chat(chat_id)
    except ChatNotFound as error:
        log.info("frame_refused", kind="hello", code=error.look.code)
        return None
    return chat if connection.asking == chat_id else None  # taken away while we looked


def _look_again(hub: Hub, connection: Connection) -> None:
    """Looks anew whether a page may listen, and ends what it may not hear any more.

    Not only when the page speaks: the push that says so may have been lost, sessions also end by
    themselves, and who wants to overhear something keeps quiet.
    """
    connection.checked_at = time.monotonic()
    _look_at_session(connection)
    if connection.is_open and connection.chat is not None and not _still_theirs(connection.chat):
        hub.leave_chat(connection)


def _look_at_session(connection: Connection) -> None:
    """Looks anew whether the session lasts, and closes its page when it does not."""
    connection.session_at = time.monotonic()
    viewer = sessions.viewer_of(connection.token)
    if viewer is None or viewer.is_banned or not viewer.has_consented:
        connection.close(ACCESS_ENDED, "access ended")
        return
    connection.shows_online = viewer.shows_online
    if viewer.seen_long_ago and viewer.session_id:
        credentials.note_seen(viewer.session_id)


def _beat(connection: Connection) -> None:
    if time.monotonic() - connection.beat_at >= _BEAT_SECONDS:
        _is_here(connection)


def _beat_beside(connection: Connection) -> None:
    """A beat beside something else, which goes on without it; the page's own next beat asks again."""
    try:
        _beat(connection)
    except redis.RedisError:
        log.info("beat_without_redis")
    except Exception as error:
        if not database.is_away(error):
            raise
        log.info("beat_without_database")
    finally:
        # Who kept what was read through, here or by a look before it, while a message waits for a
        # connection of its own would let a full pool wait for itself.
        db.session.remove()


def _is_here(connection: Connection) -> None:
    """Notes that somebody has this page open; what could not be noted is asked again by the next beat."""
    if connection.side == "operator":
        operators.beat(connection.account)
    elif connection.side == "user" and connection.shows_online:
        presence.enter(connection.account, id(connection), _PROCESS)
    connection.beat_at = time.monotonic()


def _still_theirs(chat_id: UUID) -> bool:
    try:
        chats.get_chat(chat_id)
    except ChatNotFound:
        return False
    return True


def _typing(connection: Connection, chat_id: UUID, *, on: bool) -> None:
    now = time.monotonic()
    if on and now - connection.typing_at < _TYPING_SECONDS:
        return
    connection.typing_at = now
    kind = wire.FROM_USER if connection.side == "user" else wire.FROM_OPERATOR
    frame = wire.dump({"type": "typing", "chat": str(chat_id), "on": on})
    redis.client().publish(wire.chat(chat_id), wire.payload(kind, frame, chat_id))


def _message(connection: Connection, chat_id: UUID, frame: dict[str, Any]) -> None:
    """Sends a message as its form would, and answers this page; its push goes to all pages."""
    fields = {key: str(value) for key, value in frame.items() if type(value) in (str, int)}
    client_id = fields.get("client_id", "")
    # It is said again in the answer, so that it must be something that can be said.
    if not (0 < len(client_id) <= _ID_LENGTH and client_id.isascii()):
        connection.close(MALFORMED, "malformed frame")
        return
    # It may have to wait for its turn, for a connection and for a lock; the page's own beats wait
    # behind it, and whoever writes is here.
    _beat_beside(connection)
    taken = gevent.spawn_later(_TAKEN_SECONDS, connection.push, wire.taken(client_id))
    # As after a request: what belongs to one message goes with it.
    with current_app.app_context():
        look = partial(_may_write, connection)
        answer = current_app.extensions[_TAKE_MESSAGE](chat_id, fields, look)
    taken.kill()
    connection.push(wire.dump({"type": "answer", "client_id": client_id, **answer}))
    _beat_beside(connection)


def _may_write(connection: Connection) -> None:
    """Asks before a message whether its session lasts, unless that was asked a moment ago.

    Its end is pushed to the socket; what a message may cost is decided under locks in any case.
    """
    now = time.monotonic()
    if now - connection.session_at >= current_app.config["SETTINGS"].send_recheck_seconds:
        _look_at_session(connection)
    if not connection.is_open:
        raise Unauthorized
    if connection.side == "user" and now - connection.use_at >= _USE_SECONDS:
        connection.use_at = now
        stretches.note(connection.account)


def _seen(connection: Connection, chat_id: UUID, frame: dict[str, Any]) -> None:
    read, delivered = frame.get("read", 0), frame.get("delivered", 0)
    if not all(type(n) is int and 0 <= n < 2**62 for n in (read, delivered)):
        connection.close(MALFORMED, "malformed frame")
        return
    chat_service.mark(
        chat_id,
        side="user" if connection.side == "user" else "operator",
        read=read,
        delivered=delivered,
    )
