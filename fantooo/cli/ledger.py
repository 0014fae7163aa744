"""``flask ledger verify``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from fantooo.services import credits

if TYPE_CHECKING:
    from flask import Flask

ledger = AppGroup("ledger", help="The double-entry credits.")


def install(app: Flask) -> None:
    """Adds the group."""
    app.cli.add_command(ledger)


@ledger.command("verify")
def verify() -> None:
    """Proves that all credits add up; ends with 1 and names the rows when they do not."""
    began = time.monotonic()
    faults = credits.verify_ledger()
    for fault in faults:
        click.echo(f"BROKEN  {fault.invariant}: {fault.subject} ({fault.detail})")
    if faults:
        raise click.ClickException(f"{len(faults)} rows break an invariant")
    click.echo(f"The ledger adds up ({time.monotonic() - began:.1f} s).")
