"""The named errors people can meet, and the one table that says what each looks like.

Status, text and action are the original design's error table; the rows it lacks follow its style.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from fantooo.domain import text

Action = Literal[
    "purchase_dialog",
    "login",
    "discover",
    "error_page",
    "highlight_field",
    "open_chat",
    "waiting_message",
    "retry",
    "toast",
    "consent",
]


@dataclass(frozen=True)
class Look:
    """How one error is answered: HTTP status, code for programs, text for people, next step."""

    status: int
    code: str
    message: str
    action: Action


class FantoooError(Exception):
    """Base of all errors a person may be told about. ``details`` travel with the JSON answer."""

    look: ClassVar[Look] = Look(500, "database_error", "Something went wrong", "error_page")

    def __init__(self, message: str = "", **details: Any) -> None:
        self.message = message or self.look.message
        self.details = details
        super().__init__(self.message)


class InsufficientCredits(FantoooError):
    """The wallet cannot pay this message. Details: required, available (credits)."""

    look = Look(
        402,
        "insufficient_credits",
        "You need more credits to send this message",
        "purchase_dialog",
    )

    def __init__(self, required: int, available: int) -> None:
        super().__init__(
            required=required,
            available=available,
            explanation=f"Need {text.in_credits(required)}, have {available}",
        )


class PaymentFailed(FantoooError):
    """The provider did not take the money."""

    look = Look(402, "payment_failed", "Payment failed. Please try again", "retry")


class InvalidSignature(FantoooError):
    """A webhook that the provider did not sign."""

    look = Look(401, "invalid_signature", "Invalid signature", "toast")


class Unauthorized(FantoooError):
    """Nobody is signed in."""

    look = Look(401, "unauthorized", "Please log in to continue", "login")


class Forbidden(FantoooError):
    """Signed in, but this role or permission may not."""

    look = Look(403, "forbidden", "You don't have permission", "error_page")


class ConsentNeeded(FantoooError):
    """A text has changed since this user agreed to it."""

    look = Look(403, "consent_needed", "Please read what has changed, then go on", "consent")


class NotFound(FantoooError):
    """There is no such page or row, or it is not this viewer's."""

    look = Look(404, "not_found", "We could not find that page", "error_page")


class UserNotFound(NotFound):
    """No such user."""

    look = Look(404, "user_not_found", "User not found", "login")


class ChatNotFound(NotFound):
    """No such chat, or somebody else's."""

    look = Look(404, "chat_not_found", "Chat not found", "discover")


class ValidationError(FantoooError):
    """Input that cannot be taken. ``fields`` maps each field to its text."""

    look = Look(400, "validation_error", "Please check the marked fields", "highlight_field")

    def __init__(self, fields: dict[str, str] | None = None, message: str = "") -> None:
        self.fields = fields or {}
        super().__init__(message or next(iter(self.fields.values()), ""), fields=self.fields)


class DuplicateChat(FantoooError):
    """The pair has a chat already; the answer is to open it."""

    look = Look(409, "duplicate_chat", "Chat already exists", "open_chat")


class PriceChanged(FantoooError):
    """The price rose since it was shown; nothing was sent. Details: price."""

    look = Look(
        409, "price_changed", "The price has changed. Please check it and send again.", "retry"
    )


class NewerMessages(FantoooError):
    """The user wrote again before the reply was sent."""

    look = Look(
        409, "newer_messages", "There are newer messages. Read them, then send your reply.", "retry"
    )


class AssignmentEnded(FantoooError):
    """The chat is no longer this operator's."""

    look = Look(409, "assignment_ended", "This chat is no longer assigned to you", "error_page")


class ReplyLimit(FantoooError):
    """Three replies in a row, or a chat in which the user has not written."""

    look = Look(
        409, "reply_limit", "Wait for the user to answer: three replies in a row is the limit",
        "toast",
    )  # fmt: skip


class NoteConflict(FantoooError):
    """Somebody else saved the note meanwhile. Details: content, version."""

    look = Look(409, "note_conflict", "Somebody else changed this note meanwhile", "retry")


class OutgoingRefused(FantoooError):
    """A reply that breaks a rule for what characters may say."""

    look = Look(422, "outgoing_refused", "This reply cannot be sent", "highlight_field")


class PictureRefused(FantoooError):
    """An upload that is no picture, or one that we cannot use; the message says why."""

    look = Look(
        422,
        "picture_refused",
        "We cannot read this picture. Please choose a JPEG, PNG, WebP, AVIF or GIF file.",
        "highlight_field",
    )


class SendingPaused(FantoooError):
    """This chat or person may not send now; the message says why."""

    look = Look(423, "sending_paused", "Sending is paused in this chat", "toast")


class SpendingPaused(FantoooError):
    """Nothing may be bought now, by one's own limit or break or a freeze; the message says why."""

    look = Look(423, "spending_paused", "Buying is paused for now", "toast")


class SelfExcluded(FantoooError):
    """Somebody who excluded themselves wants in. ``until``: when they may ask to come back."""

    look = Look(423, "self_excluded", "You asked us to keep you out for a time", "login")

    def __init__(self, account_id: UUID, until: datetime) -> None:
        self.account_id = account_id
        self.until = until
        super().__init__(until=until.isoformat())


class DeletionPending(FantoooError):
    """Somebody who asked to be deleted wants in. ``due``: until when they can keep the account."""

    look = Look(423, "deletion_pending", "You asked us to delete this account", "login")

    def __init__(self, account_id: UUID, due: datetime) -> None:
        self.account_id = account_id
        self.due = due
        super().__init__(due=due.isoformat())


class TooManyRequests(FantoooError):
    """A rate limit was reached. Details: retry_after (seconds)."""

    look = Look(429, "too_many_requests", "Too many requests", "retry")


class OperatorUnavailable(FantoooError):
    """Nothing can be taken right now."""

    look = Look(503, "operator_unavailable", "No operators available", "waiting_message")


class Maintenance(FantoooError):
    """Fantooo is switched off for a while. Details: retry_after (seconds)."""

    look = Look(
        503,
        "maintenance",
        "We are looking after Fantooo. It will be back in a few minutes.",
        "retry",
    )


class DatabaseError(FantoooError):
    """The database failed in a way nobody could foresee."""

    look = Look(500, "database_error", "Something went wrong", "error_page")


class ServiceUnavailable(FantoooError):
    """The database or Redis cannot be reached."""

    look = Look(
        503,
        "service_unavailable",
        "We cannot reach our servers right now. Nothing was lost; please try again.",
        "retry",
    )


#: the client's own row: no request reached us
NETWORK_ERROR = Look(0, "network_error", "Connection lost. Reconnecting...", "retry")
UNEXPECTED = "An unexpected error occurred. Please try again."
