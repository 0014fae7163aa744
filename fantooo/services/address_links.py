"""Links that prove that whoever follows them reads the mail of an account's present address."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from fantooo.infra import signing

#: how long a link can be followed
HOURS = 24
_PURPOSE = "confirm-email"


def token(account_id: UUID, email_hash: bytes) -> str:
    """The last part of a link, for an account and its address."""
    now = int(datetime.now(UTC).timestamp())
    return signing.sign(_PURPOSE, [str(account_id), email_hash.hex(), now])


def read(given: str) -> tuple[UUID, bytes] | None:
    """The account and the address (hashed) of a link that is ours and young enough."""
    found = signing.unsign(_PURPOSE, given)
    if not isinstance(found, list):
        return None
    account_id, email_hash, made = found
    if datetime.now(UTC).timestamp() - made > HOURS * 3600:
        return None
    return UUID(account_id), bytes.fromhex(email_hash)
