"""Whose session a cookie is."""

from __future__ import annotations

from fantooo.domain import texts
from fantooo.domain.viewer import DEFAULT_PERMISSIONS, Viewer
from fantooo.extensions import db
from fantooo.infra.database import call_function
from fantooo.infra.passwords import token_hash

_SQL = "SELECT * FROM session_account(%s, %s)"


def viewer_of(token: str) -> Viewer | None:
    """The viewer behind a session token, or None when it is unknown, expired or may not act."""
    wanted = [f"{name} {version}" for name, version in texts.to_agree_to()]
    row = call_function(db.engine, _SQL, (token_hash(token), wanted))
    if row is None:
        return None
    granted = {key for key, allowed in (row.permissions or {}).items() if allowed is True}
    allowed = DEFAULT_PERMISSIONS.get(row.admin_role or "", frozenset())
    return Viewer(
        role=row.role,
        account_id=row.account_id,
        name=row.name,
        session_id=row.session_id,
        credits=row.credits,
        is_banned=row.is_banned,
        has_consented=row.has_consented,
        shows_online=row.shows_online,
        seen_long_ago=row.seen_long_ago,
        use_noted=row.use_noted,
        active_seconds=row.active_seconds,
        unseen_payment=row.unseen_payment_id,
        admin_role=row.admin_role or "",
        # A role's own permissions are the ceiling; what is stored per admin can only take away.
        permissions=frozenset(allowed & granted) if row.permissions else frozenset(allowed),
    )
