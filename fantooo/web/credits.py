"""Credits: the wallet, buying, following a payment, receipts, history and points."""

from __future__ import annotations

import csv
import io
from typing import cast
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fantooo.domain.errors import PaymentFailed, ValidationError
from fantooo.extensions import limiter
from fantooo.queries import payments as reads, refunds, settings
from fantooo.queries.payments import HISTORY_PAGE, Purchase
from fantooo.services import credits as ledger, money_refunds, payments, receipts
from fantooo.services.payments import Channel
from fantooo.web import forms, guards, limits
from fantooo.web.errors import wants_fragment

blueprint = Blueprint("credits", __name__, url_prefix="/credits")

_COLUMNS = ("time (UTC)", "what", "with", "credits", "of them bonus", "balance")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The wallet, what is on offer, and what moved."""
    before = forms.uuid_argument("before")
    account = guards.account_id()
    if before is not None and wants_fragment():
        return render_template("partials/credits/history.html", **_history(account, before))
    return render_template(
        "pages/user/credits.html",
        wallet=reads.wallet(account),
        settings=settings.current(),
        **_form(return_to=forms.local_path(request.args.get("next", ""), "")),
        **_history(account, before),
    )


@blueprint.post("/buy")
@limiter.limit(limits.setting("limit_purchases"), key_func=lambda: f"buy:{guards.me().account_id}")
def buy() -> ResponseReturnValue:
    """Begins a purchase and leads to where it is paid."""
    guards.fail_closed_without_redis()
    return_to = forms.local_path(request.form.get("next", ""), "")
    try:
        package, channel, key = _wish()
        made = payments.buy(
            account_id=guards.account_id(),
            package_id=package,
            key=key,
            channel=channel,
            phone=request.form.get("phone", ""),
            return_to=return_to,
            callback_url=url_for("credits.returned", _external=True),
        )
    except (ValidationError, PaymentFailed) as error:
        fields = error.fields if isinstance(error, ValidationError) else {"": error.message}
        page = "partials/credits/buy.html" if wants_fragment() else "pages/user/credits.html"
        form = _form(return_to, errors=fields)
        if not wants_fragment():
            account = guards.account_id()
            form |= {"wallet": reads.wallet(account), "settings": settings.current()}
            form |= _history(account, None)
        # 200 to htmx even so: the form itself is the answer, and 4xx are kept out of the page.
        return render_template(page, **form), 200 if wants_fragment() else error.look.status
    purchase = reads.purchase(made)
    following = url_for("credits.payment", transaction_id=made)
    if wants_fragment():
        # Not a form's way to another site (that would need the page's policy to allow it).
        to_provider = purchase.checkout_url if purchase.status == "pending" else ""
        response = make_response("", 204)
        response.headers["HX-Redirect"] = to_provider or following
        return response
    return redirect(following, 303)


@blueprint.get("/return")
def returned() -> ResponseReturnValue:
    """Where the provider sends people back to. Only reads; a job asks what became of it."""
    reference = request.args.get("reference") or request.args.get("trxref") or ""
    purchase = reads.purchase_by_reference(reference)
    if purchase.is_open:
        payments.ask_soon(purchase.reference)
    return redirect(url_for("credits.payment", transaction_id=purchase.id, back=1))


@blueprint.get("/payments/<uuid:transaction_id>")
def payment(transaction_id: UUID) -> ResponseReturnValue:
    """One payment, followed live until its end."""
    purchase = reads.purchase(transaction_id)
    page = "partials/credits/payment.html" if wants_fragment() else "pages/user/payment.html"
    return render_template(
        page, purchase=purchase, back="back" in request.args, balance=_balance(purchase),
        key=uuid4(),
    )  # fmt: skip


@blueprint.get("/receipts/<uuid:receipt_id>")
def receipt(receipt_id: UUID) -> ResponseReturnValue:
    """A receipt, ready to be printed."""
    view = reads.receipt(receipt_id)
    return render_template(
        "pages/user/receipt.html",
        receipt=view,
        lines=receipts.lines(view),
        withdrawal=refunds.withdrawal(receipt_id),
        disclosure=receipts.DISCLOSURE,
    )


@blueprint.get("/receipts/<uuid:receipt_id>.pdf")
def receipt_pdf(receipt_id: UUID) -> ResponseReturnValue:
    """The same as a file."""
    view = reads.receipt(receipt_id)
    response = Response(receipts.pdf(view), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{view.number}.pdf"'
    return response


@blueprint.get("/receipts/<uuid:receipt_id>/withdraw")
def withdrawal(receipt_id: UUID) -> ResponseReturnValue:
    """What withdrawing from a purchase would give back."""
    return _withdrawal(receipt_id)


@blueprint.post("/receipts/<uuid:receipt_id>/withdraw")
@limiter.limit(limits.setting("limit_purchases"), key_func=lambda: f"buy:{guards.me().account_id}")
def withdraw(receipt_id: UUID) -> ResponseReturnValue:
    """Withdraws from a purchase: what is unused of it goes back."""
    guards.fail_closed_without_redis()
    try:
        money_refunds.withdraw(
            account_id=guards.account_id(), receipt_id=receipt_id, key=forms.uuid_field("key")
        )
    except ValidationError as error:
        return _withdrawal(receipt_id, error.message), error.look.status
    return redirect(url_for("credits.receipt", receipt_id=receipt_id), 303)


@blueprint.get("/history.csv")
def history_csv() -> ResponseReturnValue:
    """Every movement of the wallet, oldest first."""
    lines = io.StringIO()
    table = csv.writer(lines)
    table.writerow(_COLUMNS)
    for line in reads.whole_history(guards.account_id()):
        moment = line.at.isoformat(timespec="seconds")
        table.writerow((moment, line.words, line.about, line.change, line.bonus, line.balance))
    response = Response(lines.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="fantooo-credits.csv"'
    return response


@blueprint.post("/points")
@limiter.limit(limits.setting("limit_purchases"), key_func=lambda: f"buy:{guards.me().account_id}")
def swap_points() -> ResponseReturnValue:
    """Swaps loyalty points for credits."""
    ledger.swap_points(guards.account_id())
    return redirect(url_for("credits.show"), 303)


def _withdrawal(receipt_id: UUID, error: str = "") -> str:
    return render_template(
        "pages/user/withdraw.html",
        withdrawal=refunds.withdrawal(receipt_id),
        key=uuid4(),
        error=error,
    )


def _wish() -> tuple[UUID, Channel, UUID]:
    """Package, way to pay and key of a purchase. Raises ``ValidationError``."""
    channel = request.form.get("channel", "checkout")
    if channel not in ("checkout", "mpesa"):
        raise ValidationError({"channel": "Choose how to pay"})
    if not request.form.get("package_id"):
        raise ValidationError({"package_id": "Choose a package first"})
    package = forms.uuid_field("package_id")
    # The same button pressed twice is one wish; another package chosen is another.
    key = uuid5(forms.uuid_field("key"), f"{package}:{channel}")
    return package, cast("Channel", channel), key


def _form(return_to: str, errors: dict[str, str] | None = None) -> dict[str, object]:
    """What the buying form shows; what was chosen stays chosen."""
    account = guards.account_id()
    return {
        "packages": reads.packages(reads.tier(account)) if payments.is_open() else [],
        "is_first": not reads.has_bought(account),
        "key": uuid4(),
        "next": return_to,
        "errors": errors or {},
        "chosen": request.form.get("package_id", ""),
        "channel": request.form.get("channel", "checkout"),
        "phone": request.form.get("phone", "")[:30],
    }


def _history(account: UUID, before: UUID | None) -> dict[str, object]:
    movements = reads.history(account, before)
    last = movements[-1].id if len(movements) == HISTORY_PAGE else None
    return {"movements": movements, "older": last}


def _balance(purchase: Purchase) -> int | None:
    """The balance that a finished purchase led to."""
    return reads.wallet(guards.account_id()).credits if purchase.status == "success" else None
