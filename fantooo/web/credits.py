"""Credits: the wallet, buying, following a payment, receipts, history and points."""

from __future__ import annotations

import csv
import io
from typing import Any, cast
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fantooo.domain import limits as limit_rules, promos as promo_rules
from fantooo.domain.buying import Package
from fantooo.domain.errors import PaymentFailed, PriceChanged, SpendingPaused, ValidationError
from fantooo.domain.promos import Offer
from fantooo.queries import limits as limit_reads, payments as reads, refunds, settings
from fantooo.queries.payments import HISTORY_PAGE, Purchase
from fantooo.services import (
    credits as ledger,
    limits as own_limits,
    money_refunds,
    orders,
    packages as package_work,
    payments,
    promos,
    receipts,
)
from fantooo.services.orders import Channel
from fantooo.web import forms, guards, limits, templating
from fantooo.web.errors import wants_fragment

blueprint = Blueprint("credits", __name__, url_prefix="/credits")

_NOT_CHARGED = "You were not charged: choose another package, or remove the code."
_COLUMNS = ("time (UTC)", "what", "with", "credits", "of them bonus", "balance")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The wallet, what is on offer, and what moved."""
    before = forms.uuid_argument("before")
    account = guards.account_id()
    if before is not None and wants_fragment():
        return render_template("partials/credits/history.html", **_history(account, before))
    form = _form(return_to=forms.local_path(request.args.get("next", ""), ""))
    package_work.note_views(account, [offer.package.id for offer in form["offers"]])
    return render_template(
        "pages/user/credits.html",
        **_standing(account),
        **form,
        **_history(account, before),
    )


@blueprint.post("/promo")
@limits.promo_codes
def apply_promo() -> ResponseReturnValue:
    """The prices with a promo code, or without it; what was chosen stays chosen."""
    guards.fail_closed_without_redis()
    code = "" if "remove" in request.form else _typed_code()
    return _priced(code, "")


@blueprint.post("/buy")
@limits.by_account("buy", "limit_purchases")
@limits.promo_codes
@limits.phone_prompts
def buy() -> ResponseReturnValue:
    """Begins a purchase and leads to where it is paid."""
    guards.fail_closed_without_redis()
    return_to = forms.local_path(request.form.get("next", ""), "")
    code = _typed_code()
    if code != request.form.get("promo_shown", ""):
        # Nobody pays a price that they have not seen, not even a lower one.
        return _priced(code, "Nothing was charged yet.")
    try:
        package, channel, key = _wish(code)
        account, shown = guards.account_id(), request.form.get(f"shown-{package}", "")
        made = orders.buy(
            account_id=account,
            package_id=package,
            key=key,
            channel=channel,
            phone=request.form.get("phone", ""),
            return_to=return_to,
            callback_url=url_for("credits.returned", _external=True),
            promo_code=code,
            shown=shown,
        )
    except (ValidationError, PaymentFailed, PriceChanged, SpendingPaused) as error:
        fields = error.fields if isinstance(error, ValidationError) else {"": error.message}
        if "promo_code" in fields:
            fields = {"promo_code": f"{fields['promo_code']} {_NOT_CHARGED}"}
        return _buying(_form(return_to, fields, code, paying=True), error.look.status)
    purchase = reads.purchase(made)
    following = url_for("credits.payment", transaction_id=made)
    if wants_fragment():
        # Not a form's way to another site (that would need the page's policy to allow it).
        to_provider = purchase.checkout_url if purchase.status == "pending" else ""
        response = make_response("", 204)
        response.headers["HX-Redirect"] = to_provider or following
        return response
    return redirect(following, 303)


@blueprint.post("/limit")
@limits.by_account("me", "limit_own_page")
def answer_offer() -> ResponseReturnValue:
    """The answer to the offer of a limit before the first payment: one, or none."""
    account = guards.account_id()
    return_to = forms.local_path(request.form.get("next", ""), "")
    period, typed = request.form.get("period", ""), request.form.get("most", "")[:40]
    errors: dict[str, str] = {}
    if "decline" in request.form:
        own_limits.decline_offer(account)
    else:
        try:
            own_limits.set_limit(account, period, typed)
        except ValidationError as error:
            errors = {"most": error.message}
    if not errors and not wants_fragment():
        return redirect(url_for("credits.show", next=return_to or None), 303)
    return _buying(_form(return_to, offer_errors=errors), 400 if errors else 200)


@blueprint.get("/return")
def returned() -> ResponseReturnValue:
    """Where the provider sends people back to. Only reads; a job asks what became of it."""
    reference = request.args.get("reference") or request.args.get("trxref") or ""
    purchase = reads.purchase_by_reference(reference)
    # What was given up stays payable there, and may have been paid just now.
    if purchase.is_open or purchase.status == "failed":
        payments.ask_soon(purchase.reference)
    return redirect(url_for("credits.payment", transaction_id=purchase.id, back=1))


@blueprint.get("/payments/<uuid:transaction_id>")
def payment(transaction_id: UUID) -> ResponseReturnValue:
    """One payment, followed live until its end."""
    purchase = reads.purchase(transaction_id)
    viewer = templating.viewer()
    if viewer.unseen_payment == purchase.id:
        payments.note_seen(guards.account_id(), purchase.id)
        viewer.unseen_payment = None
    if purchase.is_open and purchase.channel == "mpesa" and wants_fragment():
        payments.ask_while_watched(purchase.reference)
    page = "partials/credits/payment.html" if wants_fragment() else "pages/user/payment.html"
    return render_template(
        page, purchase=purchase, back="back" in request.args, balance=_balance(purchase),
        key=uuid4(), standing=limit_reads.standing(guards.account_id()) if purchase.is_open else None,
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
@limits.by_account("buy", "limit_purchases")
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
@limits.by_account("buy", "limit_purchases")
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


def _typed_code() -> str:
    """The promo code of the form as codes are kept; what cannot be one stays as it was typed."""
    typed = request.form.get("promo_code", "").strip()[:40]
    return promo_rules.fold(typed) or typed


def _priced(code: str, notice: str) -> ResponseReturnValue:
    """The buying form with the prices that a code makes, or with the reason why it does not."""
    return_to = forms.local_path(request.form.get("next", ""), "")
    form = _form(return_to, {}, code, notice)
    chosen = next((o for o in form["offers"] if str(o.package.id) == form["chosen"]), None)
    if form["notice"] and chosen:
        form["notice"] = f"{notice} It is now: {chosen.label}."
    return _buying(form, 400 if form["errors"] else 200)


def _buying(form: dict[str, Any], status: int) -> ResponseReturnValue:
    """The buying form by itself for htmx, else on its page."""
    if wants_fragment():
        # 200 even so: the form itself is the answer, and 4xx are kept out of the page.
        return render_template("partials/credits/buy.html", **form)
    account = guards.account_id()
    return render_template(
        "pages/user/credits.html", **form, **_standing(account), **_history(account, None)
    ), status


def _wish(code: str) -> tuple[UUID, Channel, UUID]:
    """Package, way to pay and key of a purchase. Raises ``ValidationError``."""
    channel = request.form.get("channel", "checkout")
    if channel not in ("checkout", "mpesa"):
        raise ValidationError({"channel": "Choose how to pay"})
    if not request.form.get("package_id"):
        raise ValidationError({"package_id": "Choose a package first"})
    package = forms.uuid_field("package_id")
    # The same button pressed twice is one wish; another package chosen is another.
    key = uuid5(forms.uuid_field("key"), f"{package}:{channel}:{code}")
    return package, cast("Channel", channel), key


def _form(
    return_to: str,
    errors: dict[str, str] | None = None,
    code: str = "",
    notice: str = "",
    *,
    paying: bool = False,
    offer_errors: dict[str, str] | None = None,
) -> dict[str, Any]:
    """What the buying form shows, with the prices that ``code`` makes; what was chosen stays chosen.

    A code that cannot be used any more when somebody is ``paying`` is taken out of the form, so
    that the next press pays the prices that are shown then.
    """
    account = guards.account_id()
    wrong = dict(errors or {})
    packages = reads.packages(account, reads.tier(account)) if payments.is_open() else []
    offers, applied = [Offer(package) for package in packages], ""
    if code:
        try:
            offers, applied = promos.offers(account, code, packages), code
        except ValidationError as error:
            wrong |= error.fields
            if paying:
                without = f"You were not charged. These are the prices without {code}."
                wrong["promo_code"] = f"{error.message} {without}"
                code = ""
    waiting = reads.unfinished(account) if "promo_code" in wrong else None
    is_first = not reads.has_bought(account)
    return {
        "offers": offers,
        "is_first": is_first,
        "offers_limit": is_first and limit_reads.is_offered(account),
        "offer_errors": offer_errors or {},
        "period": request.form.get("period", "week"),
        "most": request.form.get("most", "")[:40],
        "limits": limit_reads.any_set(limit_reads.uses(account)),
        "in_words": limit_rules.ends_in_words,
        "standing": limit_reads.standing(account),
        "key": uuid4(),
        "next": return_to,
        "errors": wrong,
        "notice": "" if wrong else notice,
        "code": code,
        "applied": applied,
        "waiting": waiting,
        "chosen": request.form.get("package_id", "") or _featured(packages),
        "channel": request.form.get("channel", "checkout"),
        "phone": request.form.get("phone", "")[:30],
    }


def _featured(packages: list[Package]) -> str:
    """The package that is chosen before anybody chooses."""
    return next((str(package.id) for package in packages if package.is_featured), "")


def _standing(account: UUID) -> dict[str, object]:
    return {
        "wallet": reads.wallet(account),
        "settings": settings.current(),
        "under_way": reads.under_way(account),
    }


def _history(account: UUID, before: UUID | None) -> dict[str, object]:
    movements = reads.history(account, before)
    last = movements[-1].id if len(movements) == HISTORY_PAGE else None
    return {"movements": movements, "older": last}


def _balance(purchase: Purchase) -> int | None:
    """The balance that a finished purchase led to."""
    return reads.wallet(guards.account_id()).credits if purchase.status == "success" else None
