"""The security log: sign-ins, sign-outs, failures and refusals. Insert-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import has_request_context, request

from fantooo.infra.client_address import client_address
from fantooo.infra.database import current_viewer
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import SecurityEvent

if TYPE_CHECKING:
    from uuid import UUID


def add(work: UnitOfWork, event: str, account_id: UUID | None, **details: str) -> None:
    """Writes an entry in the caller's transaction."""
    inside = has_request_context()
    work.session.add(
        SecurityEvent(
            event=event,
            account_id=account_id,
            address=client_address() if inside else "",
            user_agent=request.headers.get("User-Agent", "")[:300] if inside else "",
            details=details,
        )
    )


def record(event: str, **details: str) -> None:
    """Writes an entry about the current viewer in a transaction of its own."""
    viewer = current_viewer.get()
    with unit_of_work(as_system=True) as work:
        add(work, event, viewer.account_id, **details)
