"""Typed settings, read from the environment. Nothing here opens a connection."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_SECRET = "development-only-secret-key-never-used-in-production"  # noqa: S105
DEVELOPMENT_SUPPORT = "support@fantooo.test"
DEVELOPMENT_PAYMENT_MAIL = "pay.fantooo.test"
DEVELOPMENT_MAIL_FROM = "no-reply@fantooo.test"
MAIL_SCHEMES = ("smtp", "smtps", "smtp+plain")


class Settings(BaseSettings):
    """Every setting Fantooo reads; README.md and .env.example list the same names.

    Raises ``pydantic.ValidationError`` when production lacks a secret or asks for a frozen clock.
    """

    model_config = SettingsConfigDict(
        # A line of .env.example that is left empty means the default.
        env_file=None,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    fantooo_env: Literal["development", "test", "production"] = "development"
    fantooo_home: Path = ROOT / "var"
    fantooo_clock: datetime | None = None
    port: int = 8000
    app_url: str = ""
    secret_key: str = DEVELOPMENT_SECRET
    field_keys: str = ""
    support_email: str = DEVELOPMENT_SUPPORT
    admin_setup_token: str = ""
    trusted_proxies: str = ""
    database_url: str = ""
    database_deploy_url: str = ""
    database_bootstrap_url: str = ""
    redis_url: str = ""
    metrics_token: str = ""
    paystack_secret_key: str = Field(default="", repr=False)
    paystack_base_url: str = "https://api.paystack.co"
    paystack_read_seconds: float = Field(default=10, gt=0)
    payment_mail_domain: str = DEVELOPMENT_PAYMENT_MAIL
    currency: str = Field(default="KES", pattern=r"^[A-Z]{3}$")
    mail_url: str = Field(default="", repr=False)
    mail_from: str = DEVELOPMENT_MAIL_FROM
    database_pool_size: int = Field(default=16, ge=1)
    log_level: str = "INFO"
    sentry_dsn: str = Field(default="", repr=False)
    #: what runs, as error reports name it
    release: str = ""

    # Requests a minute. Races and the bench raise them; one test proves each.
    limit_messages: str = "60 per minute"
    # Carriers share addresses between many people.
    limit_messages_address: str = "1200 per minute"
    limit_purchases: str = "10 per minute"
    limit_promo_codes: str = "10 per minute; 60 per day"
    limit_phone_prompts: str = "3 per minute; 20 per day"
    limit_sign_in: str = "5 per minute"
    limit_sign_in_address: str = "60 per minute"
    limit_name_check: str = "300 per minute"
    limit_sign_up_address: str = "20 per minute"
    limit_places: str = "600 per minute"
    limit_own_page: str = "60 per minute"
    limit_photos: str = "20 per minute; 100 per day"
    sockets_per_account: int = 12
    #: how often each open socket's right to listen is looked at
    socket_recheck_seconds: float = 60
    #: how long ago a session may have been looked at when a message comes over its socket
    send_recheck_seconds: float = 5
    sockets_per_address: int = 200

    session_days: int = 30
    staff_session_hours: int = 12

    @model_validator(mode="after")
    def _production_is_complete(self) -> Self:
        if self.fantooo_env != "production":
            return self
        missing = [
            name.upper()
            for name in (
                *("database_url", "redis_url", "app_url", "field_keys"),
                *("paystack_secret_key", "mail_url"),
            )
            if not getattr(self, name)
        ]
        if self.support_email in ("", DEVELOPMENT_SUPPORT):
            missing.append("SUPPORT_EMAIL")
        if self.payment_mail_domain in ("", DEVELOPMENT_PAYMENT_MAIL):
            missing.append("PAYMENT_MAIL_DOMAIN")
        if self.mail_from in ("", DEVELOPMENT_MAIL_FROM):
            missing.append("MAIL_FROM")
        if self.secret_key == DEVELOPMENT_SECRET or len(self.secret_key) < 32:
            missing.append("SECRET_KEY (32 characters or more)")
        if self.field_keys and any(len(key.strip()) < 32 for key in self.field_keys.split(",")):
            missing.append("FIELD_KEYS (32 characters or more each)")
        if missing:
            raise ValueError("production needs " + ", ".join(missing))
        if self.fantooo_clock is not None:
            raise ValueError("FANTOOO_CLOCK is refused in production")
        return self

    @model_validator(mode="after")
    def _real_money_travels_encrypted(self) -> Self:
        # Everywhere, not in production alone: who reads such a key on its way has the account.
        if self.moves_real_money and not self.paystack_base_url.startswith("https://"):
            raise ValueError("a live PAYSTACK_SECRET_KEY needs a PAYSTACK_BASE_URL with https")
        return self

    @model_validator(mode="after")
    def _letters_can_be_sent(self) -> Self:
        parts = urlsplit(self.mail_url)
        port = parts.netloc.rpartition("@")[2].partition(":")[2]
        wrong = parts.scheme not in MAIL_SCHEMES or not parts.hostname or port.strip("0123456789")
        if self.mail_url and wrong:
            raise ValueError(f"MAIL_URL begins with one of {', '.join(MAIL_SCHEMES)}, and a host")
        if "@" not in self.mail_from:
            raise ValueError("MAIL_FROM is an address, with an @")
        if parts.scheme == "smtp+plain" and parts.password:
            raise ValueError("MAIL_URL has a password, which smtp+plain would show on its way")
        return self

    @property
    def moves_real_money(self) -> bool:
        """Whether payments are real: the key is not one for tests."""
        return self.paystack_secret_key.startswith("sk_live_")

    @property
    def is_production(self) -> bool:
        """Whether cookies are Secure, HSTS is sent and demo data is refused."""
        return self.fantooo_env == "production"

    @property
    def public_url(self) -> str:
        """The address people type, without a slash at the end."""
        return (self.app_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def media_dir(self) -> Path:
        """Where pictures live on local disk."""
        return self.fantooo_home / "media"
