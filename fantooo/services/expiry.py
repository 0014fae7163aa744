"""Ends what was given for a time. Reads compare the time too, so a late run shows nothing wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import update

from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import CreditPackage, FictionalUser, Operator, PromoCode, RealUser


@dataclass(frozen=True)
class Ended:
    """How many of each ran out."""

    bans: int
    suspensions: int
    features: int
    packages: int = 0
    discounts: int = 0
    promo_codes: int = 0


def end_what_ran_out(now: datetime | None = None) -> Ended:
    """Lifts bans and suspensions, takes down features, packages and promo codes whose time is over."""
    now = now or datetime.now(UTC)
    with unit_of_work(as_system=True) as work:
        session = work.session
        bans = session.scalars(
            update(RealUser)
            .where(RealUser.is_banned, RealUser.banned_until <= now)
            .values(is_banned=False, ban_reason=None, banned_until=None)
            .returning(RealUser.id)
        ).all()
        suspensions = session.scalars(
            update(Operator)
            .where(Operator.is_suspended, Operator.suspended_until <= now)
            .values(is_suspended=False, suspension_reason=None, suspended_until=None)
            .returning(Operator.id)
        ).all()
        features = session.scalars(
            update(FictionalUser)
            .where(FictionalUser.is_featured, FictionalUser.featured_until <= now)
            .values(is_featured=False, featured_until=None)
            .returning(FictionalUser.id)
        ).all()
        packages = session.scalars(
            update(CreditPackage)
            .where(CreditPackage.is_active, CreditPackage.valid_until <= now)
            .values(is_active=False)
            .returning(CreditPackage.id)
        ).all()
        discounts = session.scalars(
            update(CreditPackage)
            .where(CreditPackage.discount_until <= now)
            .values(discount_percentage=None, discount_until=None)
            .returning(CreditPackage.id)
        ).all()
        promo_codes = session.scalars(
            update(PromoCode)
            .where(PromoCode.is_active, PromoCode.valid_until <= now)
            .values(is_active=False)
            .returning(PromoCode.id)
        ).all()
        return Ended(*map(len, (bans, suspensions, features, packages, discounts, promo_codes)))
