"""``flask partitions ensure``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from fantooo.services import partitions as service

if TYPE_CHECKING:
    from flask import Flask

partitions = AppGroup("partitions", help="The monthly partitions of messages.")


def install(app: Flask) -> None:
    """Adds the group."""
    app.cli.add_command(partitions)


@partitions.command("ensure")
def ensure() -> None:
    """Makes the partitions of this month and the three after it."""
    click.echo(f"{service.ensure()} partitions made.")
