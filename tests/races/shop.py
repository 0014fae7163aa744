"""Buying and looking, for the races about money."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import text

from fantooo.domain.errors import FantoooError
from fantooo.domain.viewer import Viewer
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.services import orders
from tests.support import race


def rows(sql: str, **values: object) -> list[Any]:
    """The rows of a query, as the platform."""
    with unit_of_work(as_system=True) as work:
        return list(work.session.execute(text(sql), values).all())


def buy(
    viewer: Viewer, package: uuid.UUID, key: uuid.UUID | None = None, code: str = ""
) -> uuid.UUID:
    """Begins a purchase at the checkout, with a fresh ``key`` unless one is given; returns its id."""
    assert viewer.account_id
    return orders.buy(
        account_id=viewer.account_id,
        package_id=package,
        key=key or uuid.uuid4(),
        channel="checkout",
        phone="",
        return_to="",
        callback_url="http://127.0.0.1:9/credits/return",
        promo_code=code,
    )


def reference_of(purchase: uuid.UUID) -> str:
    """What the provider knows a purchase by."""
    found = rows("SELECT provider_reference FROM transactions WHERE id = :i", i=purchase)
    return str(found[0].provider_reference)


def only_named(results: list[Any]) -> None:
    """Whoever came too late was told so; nothing broke."""
    broken = [each for each in race.of(results, Exception) if not isinstance(each, FantoooError)]
    assert broken == []
