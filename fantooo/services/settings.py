"""Changing a system setting, with its history."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from fantooo.domain import settings as rules
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import SystemSetting, SystemSettingHistory


def change(key: str, value: Any, changed_by: UUID | None = None) -> None:
    """Sets ``key`` from now on; every process sees it within five seconds.

    Raises ValueError for an unknown setting or a value it cannot have.
    """
    kept = rules.check(key, value)
    stored = str(kept) if isinstance(kept, Decimal) else kept
    with unit_of_work(as_system=True) as work:
        old = work.session.scalar(select(SystemSetting.value).where(SystemSetting.key == key))
        version = work.session.scalars(
            insert(SystemSettingHistory)
            .values(key=key, old_value=old, new_value=stored, changed_by=changed_by)
            .returning(SystemSettingHistory.id)
        ).one()
        row = {"value": stored, "version": version}
        work.session.execute(
            upsert(SystemSetting)
            .values(key=key, **row)
            .on_conflict_do_update(index_elements=["key"], set_=row)
        )
