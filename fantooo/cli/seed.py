"""``flask seed``: the demo world, for development only."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Adds the command."""
    app.cli.add_command(seed)


@click.command("seed")
@click.option("--if-empty", is_flag=True, help="Do nothing where there are characters already.")
@click.option("--characters", default=48, show_default=True, type=click.IntRange(12, 48))
@click.option("--users", default=200, show_default=True, type=click.IntRange(2))
@click.option("--operators", default=12, show_default=True, type=click.IntRange(1, 12))
@click.option("--chats", default=1500, show_default=True, type=click.IntRange(3))
@with_appcontext
def seed(if_empty: bool, characters: int, users: int, operators: int, chats: int) -> None:
    """Makes characters, people and conversations of the demo world."""
    settings = current_app.config["SETTINGS"]
    if settings.is_production:
        raise click.ClickException("Demo data has no place in production.")
    # Here, because drawing needs packages that production does not.
    from fantooo.demo import logins, seed as world  # noqa: PLC0415

    if not world.is_empty():
        if not if_empty:
            raise click.ClickException("There is data already; demo data is for an empty database.")
        world.renew_pictures()
        return
    began = time.monotonic()
    size = world.Size(characters=characters, users=users, operators=operators, chats=chats)
    world.plant(size)
    click.echo(f"Demo data made in {time.monotonic() - began:.1f} s.")
    for role, login, password in logins():
        click.echo(f"  {role:<9} {login}  {password}")
