"""Reading what browsers send: small parsers that answer bad input with a named error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit
from uuid import UUID

from flask import request

from fantooo.domain.errors import ValidationError

#: of a path that somebody may be led to
_LONGEST = 500


def local_path(target: str, otherwise: str) -> str:
    """``target`` when it is a path on this site, else ``otherwise``: never a way to elsewhere."""
    if not target.startswith("/") or target.startswith(("//", "/\\")) or len(target) > _LONGEST:
        return otherwise
    if any(ord(sign) < 33 or sign == "\\" for sign in target):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


def uuid_field(name: str) -> UUID:
    """A UUID from the form. Raises ``ValidationError``."""
    return as_uuid(request.form, name)


def as_uuid(fields: Mapping[str, str], name: str) -> UUID:
    """A UUID from what was sent. Raises ``ValidationError``."""
    try:
        return UUID(fields.get(name, ""))
    except ValueError as error:
        raise ValidationError({name: "This form is incomplete. Reload the page."}) from error


def int_field(name: str) -> int:
    """A whole number from 0 on from the form. Raises ``ValidationError``."""
    return as_int(request.form, name)


def as_int(fields: Mapping[str, str], name: str) -> int:
    """A whole number from 0 on from what was sent. Raises ``ValidationError``."""
    return _number(fields.get(name, ""), name)


def refuse_unwritable(values: Iterable[str]) -> None:
    """PostgreSQL has no text with a NUL or half a character in it, and nobody types one.

    Raises ``ValidationError``.
    """
    for value in values:
        if "\x00" in value or not _is_text(value):
            raise ValidationError(message="This input cannot be taken")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def int_argument(name: str, default: int = 0) -> int:
    """A whole number from 0 on from the query. Raises ``ValidationError``."""
    given = request.args.get(name)
    return default if given is None else _number(given, name)


def uuid_argument(name: str) -> UUID | None:
    """A UUID from the query, or None when it is absent. Raises ``ValidationError``."""
    given = request.args.get(name)
    if not given:
        return None
    try:
        return UUID(given)
    except ValueError as error:
        raise ValidationError({name: "This address is incomplete."}) from error


def _number(given: str, name: str) -> int:
    # isascii: int() also reads digits of other scripts; 18 digits fit a bigint.
    if not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise ValidationError({name: "A number is missing. Reload the page."})
    return int(given)
