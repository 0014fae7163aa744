"""Promo codes: asked about, reserved with an order, used when it is paid, released when it is not.

Nobody but this service reads codes. A reservation is made under the lock of the wallet and then of
the code, so that the last use goes to one person; settling it needs the purchase's lock alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError

from fantooo.domain import promos as rules, states
from fantooo.domain.buying import Package
from fantooo.domain.errors import NotFound, ValidationError
from fantooo.domain.promos import Deal, Offer, Promo, Usage
from fantooo.domain.shop import PromoWish, plain
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import PromoCode, PromoRedemption, RealUser, Transaction
from fantooo.queries import payments as reads, settings
from fantooo.services import approvals, audit

_FIELD = "promo_code"


def offers(account_id: UUID, typed: str, packages: Sequence[Package]) -> list[Offer]:
    """The packages with what a code does for each. Reserves nothing.

    Raises ``ValidationError`` when this person cannot use the code, for any of them.
    """
    with unit_of_work(as_system=True) as work:
        promo = _found(work, _coded(typed))
        usage = _usage(work, promo, account_id)
    usable = _usable(promo, usage)
    made = [_offer(usable, usage, package) for package in packages]
    if made and not any(offer.deal for offer in made):
        raise ValidationError({_FIELD: made[-1].misfit})
    return made


def agree(work: UnitOfWork, wallet: RealUser, package: Package, typed: str) -> Offer:
    """What a code does for the package being ordered, under the code's lock until the order stands.

    The wallet must be locked already. Raises ``ValidationError`` when the code cannot be used.
    """
    promo = _found(work, _coded(typed).with_for_update().execution_options(populate_existing=True))
    usage = _usage(work, promo, wallet.id)
    offer = _offer(_usable(promo, usage), usage, package)
    if offer.misfit:
        raise ValidationError({_FIELD: offer.misfit})
    return offer


def reserve(work: UnitOfWork, deal: Deal, made: Transaction) -> None:
    """Keeps a use for an order, in the transaction that wrote the order and holds the lock."""
    work.session.add(
        PromoRedemption(
            promo_code_id=deal.promo_id,
            real_user_id=made.real_user_id,
            transaction_id=made.id,
            discount_amount=deal.discount,
            bonus_credits=deal.bonus,
        )
    )


def settle(work: UnitOfWork, bought: Transaction, *, paid: bool) -> None:
    """A purchase came to its end: its code, if it has one, is used or released.

    One that is credited after its release counts again; ``against_late`` says whether it may be kept.
    """
    if bought.promo_code is None:
        return
    redemption = work.session.scalars(
        select(PromoRedemption).where(PromoRedemption.transaction_id == bought.id).with_for_update()
    ).one_or_none()
    if redemption is None:
        return  # from before a downgrade; the price stands in the purchase itself
    becomes = "used" if paid else "released"
    states.check_transition(states.PROMO, redemption.status, becomes)
    redemption.status = becomes
    redemption.settled_at = datetime.now(UTC)


def against_late(work: UnitOfWork, bought: Transaction, *, without: Sequence[UUID] = ()) -> str:
    """Why a payment that was given up has no right to its code's price any more; empty when it has.

    Giving an order up releases its code, and the provider's page stays payable at the old price:
    else one code would be used for as many pages as somebody opened. Time does not matter, the
    order was made in time. Purchases ``without`` are ending and release theirs. The wallet must be
    locked already.
    """
    if bought.promo_code is None:
        return ""
    redemption = work.session.scalars(
        select(PromoRedemption).where(PromoRedemption.transaction_id == bought.id)
    ).one_or_none()
    if redemption is None:
        return ""
    row = work.session.scalars(
        select(PromoCode)
        .where(PromoCode.id == redemption.promo_code_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    promo = _promo(row)
    reason = rules.used_up(
        promo, _usage(work, promo, bought.real_user_id, without), redemption.discount_amount
    )
    return f"Its price was with the code {promo.code}. {reason}" if reason else ""


def create(wish: PromoWish, admin_id: UUID) -> UUID:
    """Makes a code that can be used from its first moment on; audited.

    Raises ``ValidationError`` when there is one of that name, or when one use of it gives more
    credits than an admin alone may give.
    """
    if wish.kind == "bonus" and approvals.needed(wish.value, approvals.CREDITS):
        most = settings.current().approval_credits
        raise ValidationError(
            {"value": f"At most {most} credits: more for one person needs a second admin"}
        )
    try:
        with unit_of_work(as_system=True) as work:
            made = PromoCode(
                **wish.values(),
                currency=current_app.config["SETTINGS"].currency,
                created_by=admin_id,
            )
            work.session.add(made)
            work.session.flush()
            audit.add(
                work,
                admin_id,
                "promo_code_made",
                ("promo_code", made.id),
                after=plain(wish.values()),
            )
            return made.id
    except IntegrityError as error:
        if "uq_promo_codes_code" in str(error.orig):
            raise ValidationError({"code": "There is a code of that name already"}) from error
        raise


def switch(promo_id: UUID, admin_id: UUID, *, on: bool) -> None:
    """Switches a code off, or on again; audited. What is reserved keeps its price.

    Raises ``NotFound``, or ``ValidationError`` for switching on what has ended.
    """
    with unit_of_work(as_system=True) as work:
        row = work.session.scalars(
            select(PromoCode).where(PromoCode.id == promo_id).with_for_update()
        ).one_or_none()
        if row is None:
            raise NotFound
        if on and row.valid_until is not None and row.valid_until <= datetime.now(UTC):
            raise ValidationError(message="This code has ended. Make a new one.")
        if row.is_active == on:
            return
        row.is_active = on
        audit.add(
            work,
            admin_id,
            "promo_code_switched_on" if on else "promo_code_switched_off",
            ("promo_code", promo_id),
            before={"is_active": not on},
            after={"is_active": on},
        )


def _coded(typed: str) -> Select[PromoCode]:
    return select(PromoCode).where(PromoCode.code == rules.fold(typed))


def _found(work: UnitOfWork, query: Select[PromoCode]) -> Promo | None:
    row = work.session.scalars(query).one_or_none()
    return None if row is None else _promo(row)


def _promo(row: PromoCode) -> Promo:
    """A row as the rules see it."""
    return Promo(
        id=row.id,
        code=row.code,
        kind=row.kind,
        value=row.value,
        currency=row.currency,
        min_price=row.min_price,
        max_uses=row.max_uses,
        budget_amount=row.budget_amount,
        per_user_limit=row.per_user_limit,
        first_purchase_only=row.first_purchase_only,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        is_active=row.is_active,
    )


def _usage(
    work: UnitOfWork, promo: Promo | None, account_id: UUID, without: Sequence[UUID] = ()
) -> Usage:
    """How far a code is used, by all and by one person, but for the purchases ``without``."""
    if promo is None:
        return Usage()
    stays = PromoRedemption.transaction_id.not_in(without)
    counts = stays & PromoRedemption.status.in_(("reserved", "used"))
    waits = stays & (PromoRedemption.status == "reserved")
    this = PromoRedemption.promo_code_id == promo.id
    everybody = work.session.execute(
        select(
            func.count().label("uses"),
            func.coalesce(func.sum(PromoRedemption.discount_amount), 0).label("discounts"),
        ).where(this, counts)
    ).one()
    own = work.session.execute(
        select(
            func.count().filter(this, counts).label("own"),
            func.count().filter(waits).label("open"),
            func.count().filter(this, waits).label("waiting"),
        ).where(PromoRedemption.real_user_id == account_id)
    ).one()
    return Usage(
        uses=everybody.uses,
        discounts=everybody.discounts,
        own=own.own,
        own_open=own.open,
        own_waiting=own.waiting,
        has_bought=reads.has_bought(account_id),
    )


def _offer(promo: Promo, usage: Usage, package: Package) -> Offer:
    reason = rules.misfit(promo, usage, package)
    return Offer(package, misfit=reason) if reason else Offer(package, rules.deal(promo, package))


def _usable(promo: Promo | None, usage: Usage) -> Promo:
    """A code that this person can use now. Raises ``ValidationError`` with the reason."""
    reason = rules.refusal(promo, usage, datetime.now(UTC))
    if promo is None or reason:
        raise ValidationError({_FIELD: reason})
    return promo
