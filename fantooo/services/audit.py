"""The audit log: what staff changed, from what to what, and why. Insert-only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, has_request_context

from fantooo.infra.unit_of_work import UnitOfWork
from fantooo.models import AuditEntry


def add(
    work: UnitOfWork,
    actor_id: UUID,
    action: str,
    subject: tuple[str, UUID],
    *,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Writes an entry in the caller's transaction. ``subject`` is a type and an id."""
    work.session.add(
        AuditEntry(
            actor_id=actor_id,
            action=action,
            subject_type=subject[0],
            subject_id=subject[1],
            reason=reason,
            before=before,
            after=after,
            request_id=g.get("request_id", "") if has_request_context() else "",
        )
    )
