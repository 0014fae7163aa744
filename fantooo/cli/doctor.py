"""``flask doctor``: is everything in place, and what to do when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from fantooo.services import checks

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Adds the command."""
    app.cli.add_command(doctor)


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Checks all that Fantooo needs, from the database to timed work; ends with 1 on a fault."""
    problems = {name: checks.problem_with(name) for name in checks.CHECKS}
    for name, problem in problems.items():
        click.echo(f"FAIL  {name}: {problem}" if problem else f"ok    {name}")
    for warning in checks.warnings():
        click.echo(f"WARN  {warning}")
    if any(problems.values()):
        raise click.ClickException("Something is not in place.")
