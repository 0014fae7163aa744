"""``flask dev run|assets|prepare``: a whole Fantooo on a development machine."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click
import flask_migrate
from flask import current_app
from flask.cli import AppGroup

from fantooo.cli.bootstrap import prepare as prepare_cluster

if TYPE_CHECKING:
    from flask import Flask

    from fantooo.config import Settings

dev = AppGroup("dev", help="Running Fantooo on one machine.")


def install(app: Flask) -> None:
    """Adds the group, except in production."""
    if not app.config["SETTINGS"].is_production:
        app.cli.add_command(dev)


@dev.command("run")
def run() -> None:
    """Starts everything: database, Redis, migrations, demo data, web, worker and scheduler."""
    # Here, because production has no need of the embedded servers' packages.
    from fantooo.demo import logins  # noqa: PLC0415
    from fantooo.embedded import assets, supervisor  # noqa: PLC0415

    began = time.monotonic()
    settings = current_app.config["SETTINGS"]

    def announce(address: str) -> None:
        click.echo(f"\n  Fantooo is ready at {address} ({time.monotonic() - began:.1f} s)\n")
        if _has_demo(settings):
            for role, login, password in logins():
                click.echo(f"    {role:<9} {login:<30} {password}")
        if house.letters_url:
            click.echo(f"\n  E-mail is delivered to nobody; read it at {house.letters_url}")
        click.echo("\n  Ctrl-C stops everything.\n")

    try:
        click.echo("Assets built." if assets.build() else "Assets are up to date.")
        house = supervisor.Supervisor(settings, announce)
        sys.exit(house.run(["dev", "prepare"]))
    except RuntimeError as error:
        raise click.ClickException(str(error)) from error


def _has_demo(settings: Settings) -> bool:
    """Whether an empty database is filled with the demo world, and its people can sign in."""
    return settings.fantooo_env == "development"


@dev.command("demo")
@click.option("--live", is_flag=True, help="People of the demo world answer and write.")
@click.option("--operators", default=2, show_default=True, type=click.IntRange(0, 11))
@click.option("--users", default=2, show_default=True, type=click.IntRange(0, 50))
def demo(live: bool, operators: int, users: int) -> None:
    """Who can sign in; with --live simulated operators and users, until Ctrl-C."""
    from fantooo.demo import logins  # noqa: PLC0415
    from fantooo.demo.live import LABEL, LiveDemo  # noqa: PLC0415

    for role, login, password in logins():
        click.echo(f"    {role:<9} {login:<30} {password}")
    if not live:
        return
    house = LiveDemo(operators, users, tell=click.echo)
    if house.size != (operators, users):
        raise click.ClickException(
            "These people are not there: the demo world is not in this database."
        )
    click.echo(f"{operators} operators and {users} users are simulated, and say so ({LABEL}).")
    began = time.monotonic()
    try:
        while True:
            house.step(time.monotonic() - began)
            time.sleep(1)
    except KeyboardInterrupt:
        house.end()


@dev.command("assets")
@click.option("--force", is_flag=True, help="Build even if nothing changed.")
def build_assets(force: bool) -> None:
    """Bundles scripts, styles, fonts and images into static/dist."""
    from fantooo.embedded import assets  # noqa: PLC0415

    try:
        built = assets.build(force=force)
    except assets.AssetError as error:
        raise click.ClickException(str(error)) from error
    click.echo("Assets built." if built else "Assets are up to date.")


@dev.command("prepare")
@click.pass_context
def prepare(context: click.Context) -> None:
    """Roles, migrations, and demo data where the database is empty; in one process, to be quick."""
    settings = current_app.config["SETTINGS"]
    if settings.database_bootstrap_url:
        prepare_cluster(
            settings.database_bootstrap_url, settings.database_url, settings.database_deploy_url
        )
    if not settings.database_deploy_url:
        click.echo("DATABASE_DEPLOY_URL is not set: migrations are left to you.")
        return
    flask_migrate.upgrade()
    seed = current_app.cli.get_command(context, "seed")
    if seed is not None and _has_demo(settings):
        seed.main(["--if-empty"], standalone_mode=False)
