"""Alembic's environment: signs in as fantooo_deploy, works as fantooo_owner, one transaction each.

After an upgrade to the newest revision, grants, policies and SQL functions are brought in line
with their one source (fantooo/models/access.py and fantooo/services/sql).
"""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool, text

from fantooo.infra import schema
from fantooo.models import Base

config = context.config
settings = current_app.config["SETTINGS"]


def include_object(obj: Any, name: str | None, type_: str, reflected: bool, other: Any) -> bool:
    """Partitions belong to their parent: Alembic must not propose to drop them."""
    return not (type_ == "table" and reflected and (name or "").startswith("messages_"))


def run() -> None:
    """Runs the asked-for revisions against DATABASE_DEPLOY_URL."""
    engine = create_engine(
        settings.database_deploy_url or settings.database_url, poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SET statement_timeout = '15min'"))
        connection.execute(text("SET ROLE fantooo_owner"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=include_object,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        heads = set(context.script.get_heads())
        at_head = set(context.get_context().get_current_heads()) == heads and bool(heads)
        if at_head and not getattr(config.cmd_opts, "autogenerate", False):
            schema.synchronise(connection)
            connection.commit()


run()
