"""The admins' pages about what is sold: packages and promo codes. Adds its routes to admin's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fantooo.domain import promos as promo_rules, shop as rules
from fantooo.domain.buying import HALVES, money
from fantooo.domain.errors import ValidationError
from fantooo.domain.pricing import EAT
from fantooo.queries import shop_admin
from fantooo.queries.shop_admin import PackageLine
from fantooo.services import packages as package_work, promos as promo_work
from fantooo.web import guards
from fantooo.web.admin import blueprint

_NEW_PROMO = {"kind": "percent", "per_user_limit": "1"}


@blueprint.get("/packages")
def packages() -> ResponseReturnValue:
    """Every package with how it sells."""
    return render_template("pages/admin/packages.html", packages=shop_admin.packages())


@blueprint.get("/packages/new")
def new_package() -> ResponseReturnValue:
    """The form of a package."""
    return _package_page({}, None)


@blueprint.post("/packages/new")
def make_package() -> ResponseReturnValue:
    """Makes a package."""

    def work() -> None:
        wish = rules.read_package(request.form, datetime.now(UTC))
        package_work.create(wish, guards.account_id())
        flash(f"{wish.name} created.")

    return _try(work, "admin.packages", lambda wrong: _package_page(request.form, None, wrong))


@blueprint.get("/packages/<uuid:package_id>")
def package(package_id: UUID) -> ResponseReturnValue:
    """The form of one package as it is."""
    line = shop_admin.package(package_id)
    return _package_page(_fields(line), line)


@blueprint.post("/packages/<uuid:package_id>")
def change_package(package_id: UUID) -> ResponseReturnValue:
    """Changes a package for those who buy it from now on."""
    line = shop_admin.package(package_id)

    def work() -> None:
        wish = rules.read_package(request.form, datetime.now(UTC))
        package_work.change(package_id, wish, guards.account_id())
        flash(f"{wish.name} saved. Earlier purchases stay as they were.")

    return _try(work, "admin.packages", lambda wrong: _package_page(request.form, line, wrong))


@blueprint.post("/packages/<uuid:package_id>/switch")
def switch_package(package_id: UUID) -> ResponseReturnValue:
    """Takes a package off the page of credits, or puts it there again."""
    package_work.switch(package_id, guards.account_id(), on=request.form.get("on") == "on")
    return redirect(url_for("admin.packages"), 303)


@blueprint.get("/promos")
def promos() -> ResponseReturnValue:
    """Every promo code with how far it is used."""
    return render_template("pages/admin/promos.html", codes=shop_admin.promo_codes())


@blueprint.get("/promos/new")
def new_promo() -> ResponseReturnValue:
    """The form of a promo code."""
    return _promo_page(_NEW_PROMO)


@blueprint.post("/promos/new")
def make_promo() -> ResponseReturnValue:
    """Makes a promo code."""

    def work() -> None:
        wish = rules.read_promo(request.form, datetime.now(UTC))
        promo_work.create(wish, guards.account_id())
        flash(f"{wish.code} created.")

    return _try(work, "admin.promos", lambda wrong: _promo_page(request.form, wrong))


@blueprint.post("/promos/<uuid:promo_id>/switch")
def switch_promo(promo_id: UUID) -> ResponseReturnValue:
    """Switches a promo code off, or on again."""
    promo_work.switch(promo_id, guards.account_id(), on=request.form.get("on") == "on")
    return redirect(url_for("admin.promos"), 303)


def _try(
    work: Callable[[], None], following: str, again: Callable[[dict[str, str]], str]
) -> ResponseReturnValue:
    """Does the work of a form and leads on; what is wrong stands beside its field."""
    try:
        work()
    except ValidationError as error:
        return again(error.fields), error.look.status
    return redirect(url_for(following), 303)


def _package_page(
    values: object, line: PackageLine | None, errors: dict[str, str] | None = None
) -> str:
    return render_template(
        "pages/admin/package.html",
        line=line,
        values=values,
        errors=errors or {},
        variants=[("", "Everybody"), *((each, f"New buyers, half {each}") for each in HALVES)],
    )


def _promo_page(values: object, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "pages/admin/promo.html",
        values=values,
        errors=errors or {},
        kinds=list(promo_rules.KINDS.items()),
    )


def _fields(line: PackageLine) -> dict[str, str]:
    """A package as its form has it."""
    made = {
        "name": line.name,
        "credits": str(line.credits),
        "price": money(line.price).replace(",", ""),
        "bonus_credits": str(line.bonus_credits),
        "badge_text": line.badge_text,
        "discount_percentage": str(line.discount_percentage or ""),
        "variant": line.variant,
        "valid_from": _local(line.valid_from),
        "valid_until": _local(line.valid_until),
    }
    return made | ({"is_featured": "yes"} if line.is_featured else {})


def _local(moment: datetime | None) -> str:
    """A moment as ``datetime-local`` wants it, in Nairobi's time."""
    return "" if moment is None else moment.astimezone(EAT).strftime("%Y-%m-%dT%H:%M")
