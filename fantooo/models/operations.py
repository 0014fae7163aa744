"""What keeps the house running: settings, audit, outbox, job runs and admin notifications."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, created_at, new_id, updated_at


class SystemSetting(Base):
    """The present value of one setting; missing rows mean the default of domain.settings."""

    __tablename__ = "system_settings"
    __table_args__ = (CheckConstraint("version > 0", name="version"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    #: the id of the history row; the highest one is the version a price quote carries
    version: Mapped[int]
    updated_at: Mapped[datetime] = updated_at()


class SystemSettingHistory(Base):
    """Every change of a setting: who, when, from what to what."""

    __tablename__ = "system_settings_history"
    __table_args__ = (
        Index("ix_system_settings_history_key", "key", text("id DESC")),
        Index("ix_system_settings_history_changed_by", "changed_by"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    key: Mapped[str]
    old_value: Mapped[Any] = mapped_column(JSONB)
    new_value: Mapped[Any] = mapped_column(JSONB)
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    changed_at: Mapped[datetime] = created_at()


class AuditEntry(Base):
    """Something staff did, or a private chat they read. Append-only."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_actor_id", "actor_id", text("id DESC")),
        Index("ix_audit_log_subject", "subject_type", "subject_id", text("id DESC")),
    )

    id: Mapped[UUID] = new_id()
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    request_id: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[datetime] = created_at()


class SecurityEvent(Base):
    """A sign-in, sign-out, failure or refusal. Append-only."""

    __tablename__ = "security_audit_log"
    __table_args__ = (
        CheckConstraint(
            "event IN ('login', 'logout', 'failed_login', 'permission_denied', 'data_access',"
            " 'password_changed', 'email_changed', 'session_revoked')",
            name="event",
        ),
        Index("ix_security_audit_log_account_id", "account_id", text("id DESC")),
    )

    id: Mapped[UUID] = new_id()
    event: Mapped[str]
    #: no foreign key: the entry outlives the account
    account_id: Mapped[UUID | None]
    address: Mapped[str] = mapped_column(server_default=text("''"))
    user_agent: Mapped[str] = mapped_column(server_default=text("''"))
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    created_at: Mapped[datetime] = created_at()


class OutboxEntry(Base):
    """Something that must happen after a commit, kept until it did."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_outbox_due", "next_attempt_at", postgresql_where=text("done_at IS NULL")),
    )

    id: Mapped[UUID] = new_id()
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str | None]
    next_attempt_at: Mapped[datetime] = created_at()
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()


class JobRun(Base):
    """One due run of a scheduled job. The key is the leader lock and the catch-up in one."""

    __tablename__ = "job_runs"
    __table_args__ = (
        CheckConstraint(
            "status IN ('claimed', 'enqueued', 'running', 'done', 'failed')", name="status"
        ),
        Index("ix_job_runs_name_due_at", "name", text("due_at DESC")),
        Index(
            "ix_job_runs_open",
            "claimed_at",
            postgresql_where=text("status IN ('claimed', 'enqueued', 'running')"),
        ),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(server_default=text("'claimed'"))
    claimed_at: Mapped[datetime] = created_at()
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]


class AdminNotification(Base):
    """Something admins should know, until one of them has dealt with it."""

    __tablename__ = "admin_notifications"
    __table_args__ = (
        CheckConstraint(
            "type IN ('operator_suspended', 'chat_escalation', 'payment_failed',"
            " 'high_refund_rate', 'system_error', 'security_alert')",
            name="type",
        ),
        CheckConstraint("priority IN ('low', 'normal', 'high', 'critical')", name="priority"),
        Index(
            "ix_admin_notifications_open",
            text("created_at DESC"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index(
            "uq_admin_notifications_subject",
            "type",
            "subject_id",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = new_id()
    type: Mapped[str]
    #: what it is about; one open notification for each type and subject
    subject_id: Mapped[UUID | None]
    message: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    priority: Mapped[str] = mapped_column(server_default=text("'normal'"))
    created_at: Mapped[datetime] = created_at()
    resolved_at: Mapped[datetime | None]
