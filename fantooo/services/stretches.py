"""How long somebody has been here: noted as they go, told once an hour of use."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from fantooo.domain import limits as rules
from fantooo.domain.limits import Stretch
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import ActiveStretch
from fantooo.queries import limits as reads
from fantooo.queries.limits import TimeHere


def note(account_id: UUID) -> None:
    """Notes that somebody wrote, bought or opened a page just now."""
    with unit_of_work() as work:
        row = _lock(work, account_id)
        now = work.session.scalars(select(func.clock_timestamp())).one()
        before = Stretch(row.began_at, row.last_at, timedelta(seconds=row.active_seconds))
        after = rules.go_on(before, now)
        row.began_at, row.last_at = after.began_at, after.last_at
        row.active_seconds = int(after.active.total_seconds())


def tell(account_id: UUID) -> TimeHere | None:
    """What is to be told of the present stretch, which ends with that; None when it is not time.

    Asked by many pages at once, one of them gets the answer.
    """
    with unit_of_work() as work:
        row = _lock(work, account_id)
        active = timedelta(seconds=row.active_seconds)
        if not Stretch(row.began_at, row.last_at, active).is_due:
            return None
        told = reads.went_in(account_id, row.began_at, active)
        row.began_at = row.last_at = work.session.scalars(select(func.clock_timestamp())).one()
        row.active_seconds = 0
        return told


def _lock(work: UnitOfWork, account_id: UUID) -> ActiveStretch:
    """The person's row under its lock, made when it is not there."""
    work.session.execute(
        insert(ActiveStretch).values(real_user_id=account_id).on_conflict_do_nothing()
    )
    return work.session.scalars(
        select(ActiveStretch)
        .where(ActiveStretch.real_user_id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
