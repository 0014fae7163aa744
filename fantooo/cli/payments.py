"""``flask payments settle | replay | reconcile | unfreeze``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from fantooo.domain.errors import NotFound, ServiceUnavailable, ValidationError
from fantooo.services import (
    limits,
    payments as service,
    refund_progress,
    webhooks,
)

if TYPE_CHECKING:
    from flask import Flask

payments = AppGroup("payments", help="Purchases and what the provider says of them.")


def install(app: Flask) -> None:
    """Adds the group."""
    app.cli.add_command(payments)


@payments.command("settle")
@click.argument("reference")
def settle(reference: str) -> None:
    """Asks the provider what became of one payment, and books it."""
    try:
        click.echo(service.settle_now(reference))
    except NotFound as error:
        raise click.ClickException(f"There is no purchase {reference}") from error
    except ServiceUnavailable as error:
        raise click.ClickException(error.message) from error


@payments.command("replay")
@click.argument("reference")
def replay(reference: str) -> None:
    """Processes every announcement about one payment again."""
    click.echo(f"{webhooks.replay(reference)} announcements processed")


@payments.command("reconcile")
@click.option("--days", type=int, help="How far back; otherwise all since the last time.")
def reconcile(days: int | None) -> None:
    """Compares our payments with the provider's list, in both directions."""
    try:
        found = refund_progress.compare_lists(timedelta(days=days) if days else None)
    except ServiceUnavailable as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{found} exceptions")


@payments.command("unfreeze")
@click.argument("username")
@click.option("--reason", required=True, help="Why, for the audit log.")
def unfreeze(username: str, reason: str) -> None:
    """Lets somebody buy and pay for messages again, after their payments were looked at."""
    try:
        limits.unfreeze_spending(username, reason)
    except NotFound as error:
        raise click.ClickException(f"There is no user {username}") from error
    except ValidationError as error:
        raise click.ClickException(error.message) from error
    click.echo("They can buy and send again")
