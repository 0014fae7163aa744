"""Who can sign in: accounts, their sessions and consents."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, created_at, new_id, updated_at


class Account(Base):
    """One login. Its id is also the id of the real_users, operators or admins row."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("role IN ('user', 'operator', 'admin')", name="role"),
        CheckConstraint("login = lower(login) AND login <> ''", name="login_folded"),
        Index("uq_accounts_login", "login", unique=True),
    )

    id: Mapped[UUID] = new_id()
    role: Mapped[str]
    #: user name (users) or e-mail address (staff), folded to lower case
    login: Mapped[str]
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    last_login_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = updated_at()


class Session(Base):
    """A signed-in browser. The cookie holds the token, the table only its SHA-256."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_is_sha256"),
        Index("uq_sessions_token_hash", "token_hash", unique=True),
        Index("ix_sessions_account_id", "account_id"),
        Index("ix_sessions_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = new_id()
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    address: Mapped[str] = mapped_column(server_default=text("''"))
    user_agent: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[datetime] = created_at()
    #: to a few minutes, so that reading a page need not write
    last_seen_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime]


class Consent(Base):
    """A person's agreement to one version of one text."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_account_id", "account_id"),)

    id: Mapped[UUID] = new_id()
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    text_name: Mapped[str]
    text_version: Mapped[str]
    given_at: Mapped[datetime] = created_at()
