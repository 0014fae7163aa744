"""The admins' daily close, and what accountants take with them. Adds its routes to admin's."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from fantooo.domain.errors import ValidationError
from fantooo.queries import daily_close, disputes, giving, payment_admin
from fantooo.services import payment_review
from fantooo.web import guards
from fantooo.web.admin import blueprint, payments_wished, unread_wishes

_Line = TypeVar("_Line")

_DAY_COLUMNS = (
    *(
        "day (Nairobi)",
        "purchases",
        "revenue",
        "discounts",
        "fees",
        "refunds",
        "given back",
        "kept",
    ),
    *("credits sold", "bonus credits given", "credits used", "credits outstanding"),
    *("of them bought", "currency"),
)
_PAYMENT_COLUMNS = (
    *("time (UTC)", "reference", "user name", "package", "credits", "bonus credits", "amount"),
    *("currency", "channel", "state", "failure", "under review"),
)
_REFUND_COLUMNS = (
    *("begun (UTC)", "refund", "payment", "user name", "amount", "currency", "credits taken"),
    *("bonus credits taken", "reason", "state", "ended (UTC)", "failure", "in the daily close"),
)
_DISPUTE_COLUMNS = (
    *("opened (UTC)", "payment", "user name", "amount", "currency", "why", "state", "due (UTC)"),
    *("evidence sent (UTC)", "the provider's word", "credits owed"),
)
_FORMULA = tuple("=+-@\t\r")
#: rows of one file; above that it is refused, so that nobody takes a part for the whole
_MOST_ROWS = 50_000


@blueprint.get("/payments/days")
def days() -> ResponseReturnValue:
    """The days of a month: revenue, refunds, and what we owe."""
    first = _month()
    before = (first - timedelta(days=1)).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return render_template(
        "pages/admin/days.html",
        waiting=giving.waiting(),
        closes=daily_close.month(first),
        month=first,
        before=before,
        after=after if after <= daily_close.today() else None,
    )


# A file leaves the house, which is kept in the audit log: so these are POSTs.
@blueprint.post("/payments/days.csv")
def days_csv() -> ResponseReturnValue:
    """The same as a file."""
    first = _month()
    rows = (
        (
            each.day.isoformat(), each.purchases, each.revenue, each.discounts, each.fees,
            each.refunds, each.given_back, each.kept, each.credits_sold, each.bonus_given,
            each.credits_used, each.outstanding, each.outstanding_bought,
            current_app.config["SETTINGS"].currency,
        )
        for each in reversed(daily_close.month(first))
    )  # fmt: skip
    payment_review.note_export(guards.account_id(), f"Daily close of {first:%Y-%m}")
    return _file(f"fantooo-days-{first:%Y-%m}.csv", _DAY_COLUMNS, rows)


@blueprint.post("/payments.csv")
def payments_csv() -> ResponseReturnValue:
    """The purchases that the list shows, all of them, newest first."""
    wish = payments_wished(request.form)
    if unread := unread_wishes(request.form, wish):
        raise ValidationError(message=f"Not understood: {', '.join(unread)}")
    lines = _whole(payment_admin.found(wish, limit=_MOST_ROWS + 1))
    rows = (
        (
            _utc(line.at), line.reference, line.username, line.name,
            line.credits, line.bonus, line.amount, line.currency, line.channel, line.status,
            line.failure_reason, "yes" if line.needs_review else "",
        )
        for line in lines
    )  # fmt: skip
    wished = ", ".join(f"{name} {value}" for name, value in wish.as_arguments().items())
    payment_review.note_export(guards.account_id(), f"{len(lines)} payments: {wished or 'all'}")
    return _file("fantooo-payments.csv", _PAYMENT_COLUMNS, rows)


@blueprint.post("/payments/refunds.csv")
def refunds_csv() -> ResponseReturnValue:
    """Each refund of a month, of which the daily close has the sums."""
    first = _month()
    lines = _whole(daily_close.refunds(first))
    rows = (
        (
            _utc(line.at), line.reference, line.purchase, line.username, line.amount, line.currency,
            line.credits, line.bonus, line.reason, line.status, _utc(line.completed_at),
            line.failure, "yes" if line.counts else "",
        )
        for line in lines
    )  # fmt: skip
    payment_review.note_export(guards.account_id(), f"{len(lines)} refunds of {first:%Y-%m}")
    return _file(f"fantooo-refunds-{first:%Y-%m}.csv", _REFUND_COLUMNS, rows)


@blueprint.post("/disputes.csv")
def disputes_csv() -> ResponseReturnValue:
    """Every dispute, open ones first."""
    lines = _whole(disputes.lines(limit=_MOST_ROWS + 1))
    rows = (
        (
            _utc(line.opened_at), line.reference, line.username, line.amount, line.currency,
            line.reason, line.status, _utc(line.due_at), _utc(line.evidence_sent_at),
            line.resolution or line.provider_status, line.owed,
        )
        for line in lines
    )  # fmt: skip
    payment_review.note_export(guards.account_id(), f"{len(lines)} disputes")
    return _file("fantooo-disputes.csv", _DISPUTE_COLUMNS, rows)


def _whole(lines: list[_Line]) -> list[_Line]:
    """The lines of a file, all of them. Raises ``ValidationError`` when there are too many for one."""
    if len(lines) > _MOST_ROWS:
        raise ValidationError(message=f"More than {_MOST_ROWS:,} lines: choose some days first")
    return lines


def _utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


def _month() -> date:
    """The first day of the month asked for, or of this one. Raises ``ValidationError``."""
    asked = request.values.get("month", "")
    if not asked:
        return daily_close.today().replace(day=1)
    try:
        first = date.fromisoformat(f"{asked}-01")
    except ValueError as error:
        raise ValidationError({"month": "Enter a month, such as 2026-11"}) from error
    if not 2000 <= first.year <= 2200:
        raise ValidationError({"month": "Enter a month, such as 2026-11"})
    return first


def _plain(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula, whoever typed it."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in _FORMULA else cell


def _file(name: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Response:
    lines = io.StringIO()
    table = csv.writer(lines)
    table.writerow(columns)
    table.writerows([_plain(cell) for cell in row] for row in rows)
    response = Response(lines.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
