"""What a command says when no server is there: one line with the way out, and exit code 1."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
import psycopg
import redis
from sqlalchemy import exc

_WAY_OUT = "Start ./dev run first (in another terminal), or set %s."


def explain_absence(command: click.Command) -> None:
    """Makes ``command``, or every command of a group, end with a line instead of a traceback."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            explain_absence(each)
    if command.callback and not hasattr(command.callback, "explains_absence"):
        command.callback = _explaining(command.callback)


def _explaining(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def run(*arguments: Any, **named: Any) -> Any:
        try:
            return callback(*arguments, **named)
        except (exc.OperationalError, psycopg.OperationalError) as error:
            cause = getattr(error, "orig", error)
            # With a state the server has answered: then the fault is another, and is shown.
            if getattr(cause, "sqlstate", None):
                raise
            raise click.ClickException(_words("PostgreSQL", "DATABASE_URL")) from error
        except exc.ArgumentError as error:
            # No address at all, which is how migrations learn of it.
            raise click.ClickException(_words("PostgreSQL", "DATABASE_URL")) from error
        except redis.ConnectionError as error:
            raise click.ClickException(_words("Redis", "REDIS_URL")) from error

    run.explains_absence = True  # type: ignore[attr-defined]
    return run


def _words(server: str, variable: str) -> str:
    return f"{server} cannot be reached. " + _WAY_OUT % variable
