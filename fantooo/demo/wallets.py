"""What the demo users' wallets went through: a welcome bonus, purchases when they ran dry, charges."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from fantooo.demo import people
from fantooo.demo.world import User, World
from fantooo.domain.texts import CONSENT, TEXT_VERSIONS
from fantooo.infra import crypto
from fantooo.models import Account, Consent, CreditTransfer, RealUser, Transaction

_WELCOME = 10
#: credits and price in KES of what demo users bought
_PACKAGES = ((20, 180), (50, 400), (120, 850), (300, 1900))
_TIERS = ((50_000, "platinum"), (20_000, "gold"), (5_000, "silver"), (1_000, "bronze"), (0, "free"))


def write(world: World, users: list[User], password_hash: str) -> None:
    """Adds the users with balances that equal the sum of their movements."""
    for user in users:
        charges = sorted(
            user.charges, key=lambda charge: (charge["created_at"], charge["cause_id"])
        )
        # Before anything was spent: a wallet never goes below zero.
        joined = min(
            [user.joined, *(charge["created_at"] - timedelta(hours=1) for charge in charges)]
        )
        _movement(world, user.id, "bonus", "welcome_bonus", _WELCOME, joined, bonus=_WELCOME)
        balance = bonus = _WELCOME
        paid = Decimal(0)
        keen = world.rng.random()
        for charge in charges:
            if balance < charge["amount"]:
                bought, price = _PACKAGES[min(3, int(keen * 3 + world.rng.random() * 1.4))]
                moment = charge["created_at"] - timedelta(seconds=8)
                _movement(world, user.id, "sales", "purchase", bought, moment, price=price)
                balance += bought
                paid += price
            given = min(bonus, charge["amount"])
            bonus -= given
            balance -= charge["amount"]
            world.add(
                CreditTransfer, id=world.id_at(charge["created_at"]), real_user_id=user.id,
                debit_account="wallet", credit_account="usage", bonus_amount=given,
                kind="message_charge", **charge,
            )  # fmt: skip
        _user(world, user, joined, password_hash, balance, bonus, paid)


def _user(
    world: World,
    user: User,
    joined: datetime,
    password_hash: str,
    balance: int,
    bonus: int,
    paid: Decimal,
) -> None:
    world.add(
        Account, id=user.id, role="user", login=user.username, password_hash=password_hash,
        created_at=joined,
    )  # fmt: skip
    world.add(
        RealUser,
        id=user.id,
        username=user.username,
        display_name=user.username,
        age=min(64, 21 + int(world.rng.expovariate(1 / 10))),
        gender=user.gender,
        looking_for=user.looking_for,
        location=world.rng.choice(people.TOWNS),
        language=world.rng.choice(("en", "en", "sw")),
        credits=balance,
        bonus_credits=bonus,
        total_spent=paid,
        loyalty_points=sum(charge["amount"] for charge in user.charges),
        user_tier=next(tier for floor, tier in _TIERS if paid >= floor),
        total_messages_sent=user.sent,
        created_at=joined,
        last_active_at=user.last_sent_at or joined,
        **_address(user, joined),
    )
    for name, version in [CONSENT, *((n, v) for n, (v, _day) in TEXT_VERSIONS.items())]:
        world.add(
            Consent, account_id=user.id, text_name=name, text_version=version, given_at=joined
        )


def _address(user: User, joined: datetime) -> dict[str, object]:
    """The one who is there to be tried has an address, so that receipts can be seen."""
    if user.username != people.DEMO_USER:
        return {}
    return {
        "email_sealed": crypto.seal(people.DEMO_EMAIL),
        # As PostgreSQL writes it: rows travel as JSON.
        "email_hash": "\\x" + crypto.keyed_hash("email", people.DEMO_EMAIL).hex(),
        "email_confirmed_at": joined,
    }


def _movement(
    world: World,
    user_id: UUID,
    source: str,
    kind: str,
    credits: int,
    moment: datetime,
    *,
    bonus: int = 0,
    price: int = 0,
) -> None:
    transaction_id = world.id_at(moment)
    world.add(
        Transaction,
        id=transaction_id,
        real_user_id=user_id,
        type="purchase" if price else "bonus",
        amount=Decimal(price),
        credits_amount=credits,
        reason="Demo purchase" if price else "Welcome to Fantooo",
        channel="mpesa" if price else None,
        package_snapshot={"credits": credits, "price": str(price)} if price else None,
        payment_provider="demo" if price else None,
        provider_reference=f"demo-{transaction_id}" if price else None,
        status="success",
        created_at=moment,
        completed_at=moment,
    )
    world.add(
        CreditTransfer, id=world.id_at(moment), real_user_id=user_id, debit_account=source,
        credit_account="wallet", amount=credits, bonus_amount=bonus, kind=kind,
        cause_id=transaction_id, created_at=moment,
    )  # fmt: skip
