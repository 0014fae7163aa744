"""``flask maintenance on|off``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from fantooo.services import settings

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Adds the command."""
    app.cli.add_command(maintenance)


@click.command("maintenance")
@click.argument("state", type=click.Choice(["on", "off"]))
@with_appcontext
def maintenance(state: str) -> None:
    """Asks everybody but admins to come back later, or lets them in again."""
    settings.change("maintenance_mode", state == "on")
    click.echo(
        "Everybody but admins is asked to come back later. `flask maintenance off` ends it."
        if state == "on"
        else "Fantooo is open again."
    )
