"""The audit log: what staff did, from what to what, and why. Insert-only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, has_request_context

from fantooo.domain.errors import ValidationError
from fantooo.infra.unit_of_work import UnitOfWork
from fantooo.models import AuditEntry

_REASON_MAX = 500


def reason(typed: str, field: str = "reason") -> str:
    """A reason as it is kept. Raises ``ValidationError`` when there is none."""
    cleaned = " ".join(typed.split())
    if not cleaned:
        raise ValidationError({field: "Say why"})
    return cleaned[:_REASON_MAX]


def add(
    work: UnitOfWork,
    actor_id: UUID | None,
    action: str,
    subject: tuple[str, UUID],
    why: str = "",
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Keeps one deed, in the transaction that does it.

    ``actor_id`` None is the platform itself; ``subject`` is a type and an id.
    """
    work.session.add(
        AuditEntry(
            actor_id=actor_id,
            action=action,
            subject_type=subject[0],
            subject_id=subject[1],
            reason=why,
            before=before,
            after=after,
            request_id=g.get("request_id", "") if has_request_context() else "",
        )
    )
