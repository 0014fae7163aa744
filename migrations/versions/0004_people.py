"""What people say of themselves and choose: bio, place, theme, e-mail, notifications, privacy; sessions.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KINDS = "ARRAY['replies', 'refunds', 'payments', 'security']::text[]"
_EVENTS_0001 = "'login', 'logout', 'failed_login', 'permission_denied', 'data_access'"
_EVENTS = f"{_EVENTS_0001}, 'password_changed', 'email_changed', 'session_revoked'"
_CHECKS = {
    "bio_length": "char_length(bio) <= 500",
    "theme": "theme IN ('system', 'light', 'dark')",
    "latitude": "latitude BETWEEN -90 AND 90",
    "longitude": "longitude BETWEEN -180 AND 180",
    "whole_position": "(latitude IS NULL) = (longitude IS NULL)",
    "whole_email": "(email_sealed IS NULL) = (email_hash IS NULL)",
    "notify_push": f"notify_push <@ {_KINDS}",
    "notify_email": f"notify_email <@ {_KINDS}",
}


def _choice(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("true"), nullable=False)


def _kinds(name: str) -> sa.Column[object]:
    return sa.Column(
        name, postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
    )


def _allow(events: str, *, proven: bool) -> None:
    op.drop_constraint(op.f("ck_security_audit_log_event"), "security_audit_log")
    op.create_check_constraint(
        op.f("ck_security_audit_log_event"),
        "security_audit_log",
        f"event IN ({events})",
        # Entries are never deleted: after going back the newer ones stay as they are.
        postgresql_not_valid=not proven,
    )


def upgrade() -> None:
    for column in (
        sa.Column("bio", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("latitude", sa.Numeric(4, 1), nullable=True),
        sa.Column("longitude", sa.Numeric(4, 1), nullable=True),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("email_sealed", sa.Text(), nullable=True),
        sa.Column("email_hash", sa.LargeBinary(), nullable=True),
        _kinds("notify_push"),
        _kinds("notify_email"),
        _choice("show_online"),
        _choice("show_place"),
    ):
        op.add_column("real_users", column)
    op.add_column(
        "real_users",
        sa.Column(
            "location_shown",
            sa.Text(),
            sa.Computed("CASE WHEN show_place THEN location ELSE '' END", persisted=True),
            nullable=False,
        ),
    )
    for name, condition in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_real_users_{name}"), "real_users", condition)
    op.create_index("ix_real_users_email_hash", "real_users", ["email_hash"])
    op.add_column(
        "sessions",
        sa.Column(
            "last_seen_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.execute("UPDATE sessions SET last_seen_at = created_at")
    _allow(_EVENTS, proven=True)


def downgrade() -> None:
    _allow(_EVENTS_0001, proven=False)
    op.drop_column("sessions", "last_seen_at")
    op.drop_index("ix_real_users_email_hash", table_name="real_users")
    for name in reversed(_CHECKS):
        op.drop_constraint(op.f(f"ck_real_users_{name}"), "real_users")
    for name in (
        "location_shown",
        "show_place",
        "show_online",
        "notify_email",
        "notify_push",
        "email_hash",
        "email_sealed",
        "theme",
        "longitude",
        "latitude",
        "bio",
    ):
        op.drop_column("real_users", name)
