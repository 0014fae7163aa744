"""Receipts: one for each credited purchase, numbered without gaps within a year."""

from __future__ import annotations

from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from fantooo.domain import promos
from fantooo.domain.buying import money
from fantooo.domain.pricing import EAT
from fantooo.infra import clock
from fantooo.infra.unit_of_work import UnitOfWork
from fantooo.models import Receipt, Transaction
from fantooo.queries.payments import ReceiptView
from fantooo.queries.refunds import MoneyRefund

DISCLOSURE = "Credits pay for messages to fictional characters, played by our team. Meetings are not possible."
#: width and height in millimetres
_A5 = (148, 210)
#: one at a time draws a number; held until the purchase is committed, so that none is lost
_NUMBERS = 0x72656365


def issue(work: UnitOfWork, bought: Transaction) -> UUID:
    """Writes the receipt of a purchase in the transaction that credits it; returns its id."""
    year = clock.now().astimezone(EAT).year
    work.session.execute(select(func.pg_advisory_xact_lock(_NUMBERS)))
    highest = work.session.scalar(select(func.max(Receipt.number)).where(Receipt.year == year))
    issued = Receipt(
        transaction_id=bought.id,
        real_user_id=bought.real_user_id,
        year=year,
        number=(highest or 0) + 1,
    )
    work.session.add(issued)
    work.session.flush()
    return issued.id


def pdf(view: ReceiptView) -> bytes:
    """One receipt as a PDF page of A5, with the words of its page."""
    # A quarter of what starting any of our programs loads, and few of them ever draw a receipt.
    from fpdf import FPDF  # noqa: PLC0415

    page = FPDF(format=_A5)
    page.set_title(f"Receipt {view.number}")
    page.set_creator("Fantooo")
    page.add_page()
    page.set_font("times", "B", 22)
    page.cell(text="Fantooo", new_x="LMARGIN", new_y="NEXT")
    page.set_font("helvetica", size=10)
    page.cell(text=f"Receipt {view.number}", new_x="LMARGIN", new_y="NEXT")
    page.ln(6)
    for name, value in lines(view):
        page.set_font("helvetica", "B", 10)
        page.cell(45, 8, name)
        page.set_font("helvetica", size=10)
        # The fonts every reader has know Latin letters only.
        known = value.encode("latin-1", "replace").decode("latin-1")
        page.multi_cell(0, 8, known, align="L", new_x="LMARGIN", new_y="NEXT")
    page.ln(6)
    page.set_font("helvetica", size=8)
    support = current_app.config["SETTINGS"].support_email
    page.multi_cell(0, 4, f"{DISCLOSURE} Questions: {support}")
    return bytes(page.output())


def lines(view: ReceiptView) -> list[tuple[str, str]]:
    """What a receipt says, for the page and the file."""
    bonus = f" and {view.bonus} bonus credits" if view.bonus else ""
    how = "M-Pesa" if view.channel == "mpesa" else "Paystack checkout"
    told = promos.note(view.promo_code, view.discount, view.amount, view.currency)
    promo = [("Promo code", told)] if told else []
    return [
        ("Date", view.issued_at.astimezone(EAT).strftime("%d %B %Y, %H:%M EAT")),
        ("Account", view.username),
        ("Bought", f"{view.credits} credits{bonus} ({view.name})"),
        *promo,
        ("Paid", f"{money(view.amount)} {view.currency}"),
        ("Paid by", how),
        ("Reference", view.reference),
        *(_returned(each) for each in view.refunds if each.status != "failed"),
    ]


def _returned(refund: MoneyRefund) -> tuple[str, str]:
    day = refund.at.astimezone(EAT).strftime("%d %B %Y")
    state = "sent back" if refund.status == "success" else "on its way"
    return "Refunded", f"{money(refund.amount)} {refund.currency}, {day}, {state}"
