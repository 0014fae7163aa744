"""Fantooo's application factory: registers and wires, nothing else. Importing opens no connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from fantooo import cli, extensions, web
from fantooo.config import ROOT, Settings
from fantooo.infra import database, logging, redis, reporting
from fantooo.web import sends

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


def create_app(settings: Settings | None = None) -> Flask:
    """Makes the application from ``settings`` (default: the environment).

    Raises ``pydantic.ValidationError`` when production lacks a secret.
    """
    settings = settings or Settings()
    app = Flask(
        "fantooo",
        root_path=str(ROOT / "fantooo"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    logging.configure(settings.log_level, pretty=settings.fantooo_env == "development")
    reporting.install(settings)
    app.config.from_mapping(_flask_config(settings))
    _bind_extensions(app, settings)
    web.install(app)
    cli.install(app)
    # Late: realtime renders with what web has installed.
    from fantooo import realtime  # noqa: PLC0415

    realtime.install(app, take_message=sends.over_socket)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    secure = settings.is_production
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.fantooo_env == "test",
        "SERVER_NAME": None,
        "APPLICATION_ROOT": "/",
        "PREFERRED_URL_SCHEME": "https" if secure else "http",
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "MAX_FORM_MEMORY_SIZE": 64 * 1024,
        "SESSION_COOKIE_NAME": "__Host-fantooo" if secure else "fantooo",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "PERMANENT_SESSION_LIFETIME": settings.session_days * 24 * 3600,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": secure,
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
        "SQLALCHEMY_DATABASE_URI": settings.database_url or "postgresql+psycopg://",
        "SQLALCHEMY_ENGINE_OPTIONS": {
            # Errors are logged; what people wrote must not be in them.
            "hide_parameters": True,
            "pool_size": settings.database_pool_size,
            # A connection opened for one request and closed after it costs the server more than
            # the request; whoever comes late waits for one, and rather long than in vain: when very
            # many come at once, each takes milliseconds, but the last one stands behind all others.
            "max_overflow": 0,
            "pool_timeout": 15,
            "pool_use_lifo": True,
            "connect_args": {
                "connect_timeout": 5,
                "options": "-c timezone=UTC -c statement_timeout=10s -c lock_timeout=8s"
                " -c idle_in_transaction_session_timeout=30s"
                # How much a misspelt word must resemble one of a profile to find it.
                " -c pg_trgm.word_similarity_threshold=0.4",
            },
        },
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_SWALLOW_ERRORS": True,
        "SOCK_SERVER_OPTIONS": {"ping_interval": 25, "max_message_size": 8192},
    }


def _bind_extensions(app: Flask, settings: Settings) -> None:
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db, directory=str(ROOT / "migrations"))
    extensions.csrf.init_app(app)
    # Templates show the viewer. Asking for Flask-Login's user here too would read the session once
    # more, on the very page that says that the database is away.
    extensions.login.init_app(app, add_context_processor=False)
    extensions.limiter.init_app(app)
    extensions.sock.init_app(app)
    redis.install(app, settings.redis_url or "redis://127.0.0.1:6379/0")
    with app.app_context():
        engine: Engine = extensions.db.engine
        database.install(engine)
