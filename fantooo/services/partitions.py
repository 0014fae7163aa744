"""The monthly partitions of messages, made three months ahead."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from fantooo.infra.unit_of_work import unit_of_work

MONTHS_AHEAD = 3


def ensure(first_month: date | None = None, months: int = MONTHS_AHEAD + 1) -> int:
    """Makes the missing partitions from ``first_month`` (default: this one) on; returns how many."""
    with unit_of_work(as_system=True) as work:
        made = work.session.scalar(
            text(
                "SELECT ensure_message_partitions("
                "coalesce(:first, (now() AT TIME ZONE 'UTC')::date), :months)"
            ),
            {"first": first_month, "months": months},
        )
        return int(made or 0)


def newest_months_ahead() -> int:
    """For how many months after this one there is a partition already."""
    with unit_of_work(as_system=True) as work:
        ahead = work.session.scalar(
            text(
                """
                SELECT count(*) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'messages'::regclass
                  AND c.relname > 'messages_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')
                """
            )
        )
        return int(ahead or 0)
