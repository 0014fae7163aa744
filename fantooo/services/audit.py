"""What staff did, in the transaction that does it; and the reason they must give."""

from __future__ import annotations

from typing import Any
from uuid import UUID

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


def note(
    work: UnitOfWork,
    actor_id: UUID | None,
    action: str,
    subject_type: str,
    subject_id: UUID,
    why: str = "",
    after: dict[str, Any] | None = None,
) -> None:
    """Keeps one deed in the audit log. ``actor_id`` None: the platform itself."""
    work.session.add(
        AuditEntry(
            actor_id=actor_id,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            reason=why,
            after=after,
        )
    )
