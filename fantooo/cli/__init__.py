"""Flask commands for engineers: thin wrappers around services."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from fantooo.cli.servers import explain_absence

if TYPE_CHECKING:
    from flask import Flask

_MODULES = (
    "accounts",
    "bootstrap",
    "dev",
    "doctor",
    "jobs",
    "ledger",
    "maintenance",
    "partitions",
    "payments",
    "seed",
)


def install(app: Flask) -> None:
    """Adds every command group to ``app``."""
    for name in _MODULES:
        import_module(f"fantooo.cli.{name}").install(app)
    for command in app.cli.commands.values():
        explain_absence(command)
