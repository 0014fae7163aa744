"""``flask admin create`` and ``flask operator create``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from fantooo.domain.errors import ValidationError
from fantooo.domain.viewer import DEFAULT_PERMISSIONS
from fantooo.services import accounts

if TYPE_CHECKING:
    from flask import Flask

admin = AppGroup("admin", help="Admins of the platform.")
operator = AppGroup("operator", help="Operators who play the characters.")


def install(app: Flask) -> None:
    """Adds both groups."""
    app.cli.add_command(admin)
    app.cli.add_command(operator)


@admin.command("create")
@click.option("--name", prompt=True)
@click.option("--email", prompt=True)
@click.option("--role", type=click.Choice(list(DEFAULT_PERMISSIONS)), default="admin")
@click.password_option()
def create_admin(name: str, email: str, role: str, password: str) -> None:
    """Makes an admin."""
    try:
        accounts.create_admin(name=name, email=email, password=password, role=role)
    except ValidationError as error:
        raise click.ClickException("; ".join(error.fields.values())) from error
    click.echo(f"{role} {email} can sign in at /admin-login.")


@operator.command("create")
@click.option("--name", prompt=True)
@click.option("--email", prompt=True)
@click.option(
    "--skill-level", type=click.Choice(["junior", "mid", "senior", "expert"]), default="junior"
)
@click.option("--language", "languages", multiple=True, default=["en"])
@click.option("--specialization", "specializations", multiple=True)
@click.password_option()
def create_operator(
    name: str,
    email: str,
    skill_level: str,
    languages: tuple[str, ...],
    specializations: tuple[str, ...],
    password: str,
) -> None:
    """Makes an operator."""
    try:
        accounts.create_operator(
            name=name,
            email=email,
            password=password,
            specializations=list(specializations),
            languages=list(languages),
            skill_level=skill_level,
        )
    except ValidationError as error:
        raise click.ClickException("; ".join(error.fields.values())) from error
    click.echo(f"Operator {email} can sign in at /op-login.")
