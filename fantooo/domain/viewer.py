"""Who is looking: the identity every read and write happens under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

Role = Literal["public", "user", "operator", "admin", "system"]

#: the original's nine permissions, for the routes that come to need one
PERMISSIONS = (
    "manage_users",
    "manage_fictional_profiles",
    "manage_operators",
    "manage_chats",
    "view_analytics",
    "manage_payments",
    "manage_admins",
    "system_settings",
    "delete_data",
)
DEFAULT_PERMISSIONS: Mapping[str, frozenset[str]] = {
    "super_admin": frozenset(PERMISSIONS),
    "admin": frozenset(PERMISSIONS) - {"manage_admins", "system_settings", "delete_data"},
    "moderator": frozenset({"manage_chats"}),
}


@dataclass(frozen=True)
class Viewer:
    """An account acting in one role, or nobody (``public``), or the platform itself (``system``)."""

    role: Role = "public"
    account_id: UUID | None = None
    name: str = ""
    session_id: UUID | None = None
    credits: int | None = None
    is_banned: bool = False
    #: whether a user has agreed to every text in its present version
    has_consented: bool = True
    #: whether operators may see that this user has a page open
    shows_online: bool = True
    #: the session's time of last use is minutes old and should be noted anew
    seen_long_ago: bool = False
    #: the user's time of use was noted within the last minute
    use_noted: bool = True
    #: how long the user has been here since they were last told
    active_seconds: int = 0
    #: a payment that was credited while the user was not looking
    unseen_payment: UUID | None = None
    admin_role: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)

    @property
    def database_role(self) -> str:
        """The PostgreSQL role this viewer's transactions take."""
        return f"fantooo_{self.role}"


ANONYMOUS = Viewer()
SYSTEM = Viewer(role="system")
