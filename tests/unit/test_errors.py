"""The error table of the product, row by row, against the one in code."""

from __future__ import annotations

import pytest

from fantooo.domain import errors
from fantooo.domain.errors import NETWORK_ERROR, UNEXPECTED, FantoooError

#: name, status, text, action; the first eleven are the original design's, word by word
TABLE = [
    ("InsufficientCredits", 402, "You need more credits to send this message", "purchase_dialog"),
    ("UserNotFound", 404, "User not found", "login"),
    ("ChatNotFound", 404, "Chat not found", "discover"),
    ("InvalidSignature", 401, "Invalid signature", "toast"),
    ("Unauthorized", 401, "Please log in to continue", "login"),
    ("Forbidden", 403, "You don't have permission", "error_page"),
    ("ValidationError", 400, "Please check the marked fields", "highlight_field"),
    ("DuplicateChat", 409, "Chat already exists", "open_chat"),
    ("OperatorUnavailable", 503, "No operators available", "waiting_message"),
    ("PaymentFailed", 402, "Payment failed. Please try again", "retry"),
    ("DatabaseError", 500, "Something went wrong", "error_page"),
    ("NotFound", 404, "We could not find that page", "error_page"),
    ("ConsentNeeded", 403, "Please read what has changed, then go on", "consent"),
    ("PriceChanged", 409, "The price has changed. Please check it and send again.", "retry"),
    (
        "NewerMessages",
        409,
        "There are newer messages. Read them, then send your reply.",
        "retry",
    ),
    ("AssignmentEnded", 409, "This chat is no longer assigned to you", "error_page"),
    (
        "ReplyLimit",
        409,
        "Wait for the user to answer: three replies in a row is the limit",
        "toast",
    ),
    ("NoteConflict", 409, "Somebody else changed this note meanwhile", "retry"),
    ("OutgoingRefused", 422, "This reply cannot be sent", "highlight_field"),
    (
        "PictureRefused",
        422,
        "We cannot read this picture. Please choose a JPEG, PNG, WebP, AVIF or GIF file.",
        "highlight_field",
    ),
    ("SendingPaused", 423, "Sending is paused in this chat", "toast"),
    ("SpendingPaused", 423, "Buying is paused for now", "toast"),
    ("DeletionPending", 423, "You asked us to delete this account", "login"),
    ("SelfExcluded", 423, "You asked us to keep you out for a time", "login"),
    ("TooManyRequests", 429, "Too many requests", "retry"),
    (
        "Maintenance",
        503,
        "We are looking after Fantooo. It will be back in a few minutes.",
        "retry",
    ),
    (
        "ServiceUnavailable",
        503,
        "We cannot reach our servers right now. Nothing was lost; please try again.",
        "retry",
    ),
]


@pytest.mark.parametrize(("name", "status", "text", "action"), TABLE)
def test_row(name: str, status: int, text: str, action: str) -> None:
    look = getattr(errors, name).look
    assert (look.status, look.message, look.action) == (status, text, action)


def test_the_client_s_own_row() -> None:
    assert (NETWORK_ERROR.status, NETWORK_ERROR.message) == (0, "Connection lost. Reconnecting...")
    assert UNEXPECTED == "An unexpected error occurred. Please try again."


def test_every_error_is_in_the_table() -> None:
    def below(kind: type[FantoooError]) -> set[str]:
        return {kind.__name__}.union(*(below(child) for child in kind.__subclasses__()))

    assert below(FantoooError) - {"FantoooError"} == {row[0] for row in TABLE}


def test_codes_are_unique_but_for_the_general_failure() -> None:
    codes = [getattr(errors, row[0]).look.code for row in TABLE]
    assert len(codes) == len(set(codes))


def test_missing_credits_are_told_in_numbers() -> None:
    error = errors.InsufficientCredits(2, 1)
    assert error.details == {
        "required": 2,
        "available": 1,
        "explanation": "Need 2 credits, have 1",
    }
    assert errors.InsufficientCredits(1, 0).details["explanation"] == "Need 1 credit, have 0"


def test_the_first_field_speaks_for_a_form() -> None:
    error = errors.ValidationError({"age": "Must be 18 or older", "gender": "Choose one"})
    assert error.message == "Must be 18 or older"
    assert error.details == {"fields": {"age": "Must be 18 or older", "gender": "Choose one"}}
