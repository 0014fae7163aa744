"""Credits: every movement that is not a message charge, and the proof that all of them add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, text

from fantooo.domain import buying
from fantooo.domain.errors import ValidationError
from fantooo.domain.events import BalanceChanged
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import CreditTransfer, LoyaltyEntry, RealUser, Transaction
from fantooo.queries import settings
from fantooo.services import outbox
from fantooo.services.refund_proof import INVARIANTS as _OF_REFUNDS

#: what a notification about the ledger is about: one stays open, however often a fault is found
_LEDGER = UUID("00000000-0000-7000-8000-6c6564676572")


@dataclass(frozen=True)
class Fault:
    """One broken invariant: which, and the rows that break it."""

    invariant: str
    subject: str
    detail: str


def lock_wallet(work: UnitOfWork, account_id: UUID) -> RealUser:
    """A wallet as it is now, nobody else's until the transaction ends."""
    return work.session.scalars(
        select(RealUser)
        .where(RealUser.id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def grant_bonus(work: UnitOfWork, *, user_id: UUID, amount: int, kind: str, reason: str) -> UUID:
    """Gives credits in the caller's transaction: transaction, transfer and wallet together.

    ``kind`` is ``welcome_bonus``, ``bonus`` or ``points``; ``amount`` is 1 or more. Locks the
    wallet. Returns the transaction's id.
    """
    session = work.session
    wallet = lock_wallet(work, user_id)
    granted = Transaction(
        real_user_id=user_id,
        type="bonus",
        credits_amount=amount,
        reason=reason,
        status="success",
        completed_at=datetime.now(UTC),
    )
    session.add(granted)
    session.flush()
    session.add(
        CreditTransfer(
            real_user_id=user_id,
            debit_account="bonus",
            credit_account="wallet",
            amount=amount,
            bonus_amount=amount,
            kind=kind,
            cause_id=granted.id,
        )
    )
    wallet.credits += amount
    wallet.bonus_credits += amount
    session.flush()
    work.emit(BalanceChanged(user_id, wallet.credits))
    return granted.id


def add_purchase(work: UnitOfWork, wallet: RealUser, bought: Transaction) -> None:
    """Credits a purchase to its locked wallet: transfers, balance, spend and tier together.

    What was paid for can never expire and is spent last; the bonus that comes with it is a
    movement of its own, out of another account.
    """
    session = work.session
    parts = [("purchase", "sales", bought.credits_amount, 0)]
    if bought.bonus_credits:
        parts.append(("purchase_bonus", "bonus", bought.bonus_credits, bought.bonus_credits))
    for kind, source, amount, given in parts:
        session.add(
            CreditTransfer(
                real_user_id=wallet.id,
                debit_account=source,
                credit_account="wallet",
                amount=amount,
                bonus_amount=given,
                kind=kind,
                cause_id=bought.id,
            )
        )
        wallet.credits += amount
        wallet.bonus_credits += given
    paid_off = _pay_owed(work, wallet, bought)
    wallet.total_spent += bought.amount
    wallet.user_tier = buying.tier_of(wallet.total_spent, settings.current(fresh=True))
    session.flush()
    total = bought.credits_amount + bought.bonus_credits
    notice = f"Payment successful! {total} credits are in your balance."
    if paid_off:
        words = "was" if paid_off == 1 else "were"
        notice = (
            f"Payment successful! {paid_off} of {total} credits {words} owed from a payment that was"
            f" taken back; {total - paid_off} are in your balance."
        )
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))


def _pay_owed(work: UnitOfWork, wallet: RealUser, bought: Transaction) -> int:
    """Bought credits that pay what is owed from a lost dispute; returns how many."""
    paid = min(wallet.owed_credits, bought.credits_amount)
    if paid:
        work.session.add(
            CreditTransfer(
                real_user_id=wallet.id,
                debit_account="wallet",
                credit_account="sales",
                amount=paid,
                kind="owed_paid",
                cause_id=bought.id,
            )
        )
        wallet.credits -= paid
        wallet.owed_credits -= paid
    return paid


def swap_points(account_id: UUID) -> int:
    """Swaps loyalty points for credits, once (product.md 5); returns the credits given.

    Raises ``ValidationError`` when there are too few points.
    """
    current = settings.current(fresh=True)
    with unit_of_work(as_system=True) as work:
        wallet = lock_wallet(work, account_id)
        if wallet.loyalty_points < current.points_swapped:
            missing = current.points_swapped - wallet.loyalty_points
            raise ValidationError({"points": f"{missing} points are missing"})
        cause = grant_bonus(
            work,
            user_id=account_id,
            amount=current.points_credits,
            kind="points",
            reason=f"{current.points_swapped} points swapped",
        )
        wallet.loyalty_points -= current.points_swapped
        work.session.add(
            LoyaltyEntry(
                real_user_id=account_id,
                points=-current.points_swapped,
                kind="swapped",
                cause_id=cause,
            )
        )
    return current.points_credits


def take_points_back(work: UnitOfWork, wallet: RealUser, cause_id: UUID, amount: int) -> None:
    """Takes the points of a refunded charge back, as far as they are still there (details.md)."""
    points = min(wallet.loyalty_points, amount)
    if points:
        wallet.loyalty_points -= points
        work.session.add(
            LoyaltyEntry(
                real_user_id=wallet.id, points=-points, kind="taken_back", cause_id=cause_id
            )
        )


#: each query names the rows that break one invariant; no rows means that it holds
_INVARIANTS: dict[str, str] = {
    "stored balance = sum of transfers": """
        SELECT u.id::text AS subject,
               format('stored %s, transfers %s', u.credits, coalesce(t.total, 0)) AS detail
        FROM real_users AS u LEFT JOIN (
            SELECT real_user_id,
                   sum(CASE WHEN credit_account = 'wallet' THEN amount ELSE -amount END) AS total
            FROM credit_transfers GROUP BY real_user_id
        ) AS t ON t.real_user_id = u.id
        WHERE u.credits <> coalesce(t.total, 0)""",
    "stored bonus = sum of bonus parts": """
        SELECT u.id::text AS subject,
               format('stored %s, transfers %s', u.bonus_credits, coalesce(t.total, 0)) AS detail
        FROM real_users AS u LEFT JOIN (
            SELECT real_user_id, sum(CASE WHEN credit_account = 'wallet' THEN bonus_amount
                                          ELSE -bonus_amount END) AS total
            FROM credit_transfers GROUP BY real_user_id
        ) AS t ON t.real_user_id = u.id
        WHERE u.bonus_credits <> coalesce(t.total, 0)""",
    "each charged message has one transfer of its price": """
        SELECT m.id::text AS subject,
               format('charged %s, transferred %s', m.credits_charged, coalesce(t.amount, 0)) AS detail
        FROM messages AS m LEFT JOIN credit_transfers AS t
            ON t.kind = 'message_charge' AND t.cause_id = m.id AND t.chat_id = m.chat_id
        WHERE m.credits_charged <> coalesce(t.amount, 0)""",
    "each charge belongs to a message": """
        SELECT t.id::text AS subject, format('message %s is missing', t.cause_id) AS detail
        FROM credit_transfers AS t LEFT JOIN messages AS m ON m.id = t.cause_id
        WHERE t.kind = 'message_charge' AND m.id IS NULL""",
    "each charge was paid by the chat's user": """
        SELECT t.id::text AS subject, format('chat %s', t.chat_id) AS detail
        FROM credit_transfers AS t JOIN chats AS c ON c.id = t.chat_id
        WHERE t.kind = 'message_charge' AND c.real_user_id <> t.real_user_id""",
    "refunds never exceed their charge": """
        SELECT r.cause_id::text AS subject,
               format('refunded %s, charged %s', sum(r.amount), coalesce(max(c.amount), 0)) AS detail
        FROM credit_transfers AS r LEFT JOIN credit_transfers AS c
            ON c.kind = 'message_charge' AND c.cause_id = r.cause_id
        WHERE r.kind = 'message_refund'
        GROUP BY r.cause_id
        HAVING sum(r.amount) > coalesce(max(c.amount), 0)""",
    "each completed transaction has one transfer": """
        SELECT x.id::text AS subject,
               format('%s credits, transferred %s', x.credits_amount, coalesce(t.amount, 0)) AS detail
        FROM transactions AS x LEFT JOIN credit_transfers AS t
            ON t.cause_id = x.id
            AND t.kind IN ('welcome_bonus', 'bonus', 'points', 'purchase', 'deduction')
        WHERE x.type <> 'refund'
            AND ((x.status IN ('success', 'refunded')) <> (t.id IS NOT NULL)
                 OR (t.id IS NOT NULL AND t.amount <> x.credits_amount))""",
    "each credited purchase brought its bonus": """
        SELECT x.id::text AS subject,
               format('%s bonus credits, transferred %s', x.bonus_credits, coalesce(t.amount, 0))
                   AS detail
        FROM transactions AS x LEFT JOIN credit_transfers AS t
            ON t.cause_id = x.id AND t.kind = 'purchase_bonus'
        WHERE x.type <> 'refund' AND coalesce(t.amount, 0)
            <> CASE WHEN x.status IN ('success', 'refunded') THEN x.bonus_credits ELSE 0 END""",
    "credits bought are those of the package": """
        SELECT x.id::text AS subject,
               format('%s credits for %s, snapshot %s', x.credits_amount, x.amount,
                      x.package_snapshot) AS detail
        FROM transactions AS x
        WHERE x.type = 'purchase'
            AND (x.credits_amount <> (x.package_snapshot ->> 'credits')::integer
                 OR x.amount + x.discount_amount <> (x.package_snapshot ->> 'price')::numeric)""",
    "each use of a promo code stands as its purchase": """
        SELECT x.id::text AS subject,
               format('%s %s, %s; %s %s, %s', r.status, r.discount_amount, r.bonus_credits,
                      x.status, x.discount_amount, x.bonus_credits) AS detail
        FROM promo_redemptions AS r JOIN transactions AS x ON x.id = r.transaction_id
        JOIN promo_codes AS p ON p.id = r.promo_code_id
        WHERE r.discount_amount <> x.discount_amount
           OR r.bonus_credits > x.bonus_credits
           OR p.code IS DISTINCT FROM x.promo_code OR r.real_user_id <> x.real_user_id
           OR r.status <> CASE WHEN x.status IN ('success', 'refunded') THEN 'used'
                               WHEN x.status = 'failed' THEN 'released' ELSE 'reserved' END""",
    "spend = credited purchases less refunds": """
        SELECT u.id::text AS subject,
               format('stored %s, paid %s', u.total_spent, coalesce(t.total, 0)) AS detail
        FROM real_users AS u LEFT JOIN (
            SELECT x.real_user_id,
                   sum(CASE x.type WHEN 'purchase' THEN x.amount ELSE -x.amount END) AS total
            FROM transactions AS x LEFT JOIN transactions AS p ON p.id = x.refunds_id
            WHERE (x.type = 'purchase' AND x.status IN ('success', 'refunded'))
                OR (x.type = 'refund' AND x.status <> 'failed'
                    AND p.status IN ('success', 'refunded'))
            GROUP BY x.real_user_id
        ) AS t ON t.real_user_id = u.id
        WHERE u.total_spent <> coalesce(t.total, 0)""",
    "points = credits spent less entries": """
        SELECT u.id::text AS subject,
               format('stored %s, earned %s, changed %s', u.loyalty_points, coalesce(t.total, 0),
                      coalesce(e.total, 0)) AS detail
        FROM real_users AS u LEFT JOIN (
            SELECT real_user_id, sum(amount) AS total FROM credit_transfers
            WHERE kind = 'message_charge' GROUP BY real_user_id
        ) AS t ON t.real_user_id = u.id LEFT JOIN (
            SELECT real_user_id, sum(points) AS total FROM loyalty_entries GROUP BY real_user_id
        ) AS e ON e.real_user_id = u.id
        WHERE u.loyalty_points <> coalesce(t.total, 0) + coalesce(e.total, 0)""",
    "each chat's total = its charges": """
        SELECT c.id::text AS subject,
               format('stored %s, charged %s', c.total_credits_spent, coalesce(t.total, 0)) AS detail
        FROM chats AS c LEFT JOIN (
            SELECT chat_id, sum(amount) AS total FROM credit_transfers
            WHERE kind = 'message_charge' GROUP BY chat_id
        ) AS t ON t.chat_id = c.id
        WHERE c.total_credits_spent <> coalesce(t.total, 0)""",
    # By id, which is drawn under the wallet's lock: a transaction that waits for it has an older time.
    "no wallet was ever below zero": """
        SELECT real_user_id::text AS subject, format('%s at %s', running, id) AS detail
        FROM (
            SELECT real_user_id, id,
                   sum(CASE WHEN credit_account = 'wallet' THEN amount ELSE -amount END)
                       OVER (PARTITION BY real_user_id ORDER BY id) AS running
            FROM credit_transfers
        ) AS r WHERE running < 0""",
    **_OF_REFUNDS,
}


def verify_ledger(limit: int = 20) -> list[Fault]:
    """Every broken invariant of the ledger, at most ``limit`` rows each; empty when all hold.

    Reads everything at one moment (repeatable read), so that it may run while people write.
    """
    faults = []
    with unit_of_work(as_system=True) as work:
        work.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        work.session.execute(text("SET LOCAL statement_timeout = '10min'"))
        for invariant, query in _INVARIANTS.items():
            rows = work.session.execute(text(f"{query} LIMIT :n"), {"n": limit}).all()
            faults += [Fault(invariant, row.subject, row.detail) for row in rows]
    return faults


def verify_and_report() -> int:
    """Verifies the ledger and tells admins of broken invariants; returns how many rows break one."""
    faults = verify_ledger()
    if faults:
        with unit_of_work(as_system=True) as work:
            outbox.tell_admins(
                work,
                "system_error",
                _LEDGER,
                "The ledger does not add up. Run `flask ledger verify`.",
                {"invariants": sorted({fault.invariant for fault in faults})},
                "critical",
            )
    return len(faults)
