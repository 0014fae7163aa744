"""People, characters and chats, made through the real services wherever there is one."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy import select, update

from fantooo.domain import buying
from fantooo.domain.people import Registration
from fantooo.domain.viewer import Viewer
from fantooo.infra import crypto, passwords, pictures as picture_work
from fantooo.infra.database import acting_as
from fantooo.infra.storage import LocalStorage
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import Account, FictionalUser, Media, Operator, RealUser
from fantooo.queries import sessions
from fantooo.services import (
    accounts,
    address_links,
    chats,
    credentials,
    messages,
    operators,
    settings,
)
from fantooo.services.accounts import SignIn
from fantooo.services.credits import grant_bonus

PASSWORD = "correct horse battery"
_LETTERS = str.maketrans("0123456789", "ghijkmnopq")

# Hashing well is slow by design; one test of passwords checks the real parameters.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def unique(prefix: str) -> str:
    """A name nobody has; in letters alone, for eight digits in a row would be a phone number."""
    return prefix + uuid.uuid4().hex[:10].translate(_LETTERS)


def sign_up(username: str | None = None, **changes: object) -> SignIn:
    """A user through the real registration, with the welcome credits."""
    values = {
        "username": username or unique("u"),
        "location": "Nairobi",
        "gender": "male",
        "age": "30",
        "looking_for": "both",
        "password": PASSWORD,
        "confirm_password": PASSWORD,
        "consent": True,
        **changes,
    }
    return accounts.register(Registration(**values))  # type: ignore[arg-type]


def user(credits: int | None = None, **changes: object) -> Viewer:
    """A signed-in user. ``credits`` above the ten of the welcome are a further bonus."""
    opened = sign_up(**changes)
    if credits is not None:
        set_credits(opened.account_id, credits)
    viewer = sessions.viewer_of(opened.token)
    assert viewer is not None
    return viewer


def set_credits(user_id: UUID, wanted: int) -> None:
    """Brings a wallet to ``wanted`` credits by movements that the ledger knows."""
    from fantooo.models import CreditTransfer, Transaction

    with unit_of_work(as_system=True) as work:
        wallet = work.session.get_one(RealUser, user_id, with_for_update=True)
        missing = wanted - wallet.credits
        if missing > 0:
            grant_bonus(work, user_id=user_id, amount=missing, kind="bonus", reason="test")
        elif missing < 0:
            taken = Transaction(
                real_user_id=user_id, type="deduction", credits_amount=-missing, status="success"
            )
            work.session.add(taken)
            work.session.flush()
            bonus = min(wallet.bonus_credits, -missing)
            work.session.add(
                CreditTransfer(
                    real_user_id=user_id, debit_account="wallet", credit_account="forfeited",
                    amount=-missing, bonus_amount=bonus, kind="deduction", cause_id=taken.id,
                )
            )  # fmt: skip
            wallet.credits += missing
            wallet.bonus_credits -= bonus


def picture_file(
    width: int = 400, height: int = 500, format_: str = "JPEG", **options: object
) -> bytes:
    """A photograph as somebody sends it: an evening over hills, drawn."""
    sky = Image.linear_gradient("L").resize((width, height))
    made = Image.merge(
        "RGB",
        (
            sky.point(lambda v: 70 + v * 2 // 3),
            sky.point(lambda v: 60 + v // 3),
            sky.point(lambda v: 130 - v // 4),
        ),
    )
    draw = ImageDraw.Draw(made)
    sun = min(width, height) // 7
    draw.ellipse(
        (width // 2, height // 2 - sun, width // 2 + 2 * sun, height // 2 + sun), fill="#ffd9a0"
    )
    for top, colour in ((0.62, "#7a3f63"), (0.74, "#4c2a52"), (0.86, "#2a1838")):
        draw.ellipse((-width, int(height * top), int(width * (2.3 - top)), height * 2), fill=colour)
    kept = io.BytesIO()
    made.save(kept, format_, **options)  # type: ignore[arg-type]
    return kept.getvalue()


def photo(viewer: Viewer, data: bytes | None = None) -> UUID:
    """A photo that somebody adds of themselves; its id."""
    from fantooo.models import UserPhoto
    from fantooo.services import photos

    assert viewer.account_id
    with acting_as(viewer):
        photos.add(viewer.account_id, data or picture_file())
    with unit_of_work(as_system=True) as work:
        newest = select(UserPhoto.id).where(UserPhoto.real_user_id == viewer.account_id)
        return work.session.scalars(newest.order_by(UserPhoto.id.desc())).first()  # type: ignore[return-value]


def package(**changes: object) -> UUID:
    """A package on offer: 50 credits for 400 KES."""
    from fantooo.models import CreditPackage

    values = {"name": "Evening", "credits": 50, "price": 400, **changes}
    with unit_of_work(as_system=True) as work:
        made = CreditPackage(**values)
        work.session.add(made)
        work.session.flush()
        return made.id


def promo(admin_id: UUID | None = None, **changes: object) -> UUID:
    """A promo code that can be used: 20 % off, once for each person."""
    from fantooo.models import PromoCode

    values = {
        "code": unique("C-").upper()[:20],
        "kind": "percent",
        "value": 20,
        "created_by": admin_id or admin().account_id,
        **changes,
    }
    with unit_of_work(as_system=True) as work:
        made = PromoCode(**values)
        work.session.add(made)
        work.session.flush()
        return made.id


def purchase(
    user_id: UUID, package_id: UUID | None = None, *, paid: bool = True, promo: UUID | None = None
) -> UUID:
    """A purchase as the services write it, credited unless it was not ``paid``."""
    from fantooo.domain.promos import Offer
    from fantooo.models import IdempotencyKey, PromoCode, Transaction
    from fantooo.queries import payments as reads
    from fantooo.services import credits, promos, receipts

    package_id = package_id or package()
    with unit_of_work(as_system=True) as work:
        wallet = work.session.get_one(RealUser, user_id, with_for_update=True)
        chosen = reads.package(package_id, user_id, wallet.user_tier)
        code = work.session.get_one(PromoCode, promo).code if promo else ""
        offer = promos.agree(work, wallet, chosen, code) if code else Offer(chosen)
        made = Transaction(
            real_user_id=user_id, type="purchase", amount=offer.to_pay, currency=chosen.currency,
            credits_amount=chosen.credits, bonus_credits=offer.bonus, reason=chosen.name,
            payment_provider="paystack", provider_reference=buying.new_reference(),
            channel="checkout", package_id=package_id, package_snapshot=chosen.snapshot(),
            checkout_url="http://127.0.0.1:9/checkout", promo_code=code or None,
            discount_amount=offer.discount,
        )  # fmt: skip
        work.session.add(made)
        work.session.flush()
        if offer.deal:
            promos.reserve(work, offer.deal, made)
        work.session.add(IdempotencyKey(account_id=user_id, key=uuid4(), transaction_id=made.id))
        if paid:
            made.status = "success"
            made.completed_at = datetime.now(UTC)
            promos.settle(work, made, paid=True)
            credits.add_purchase(work, wallet, made)
            receipts.issue(work, made)
        return made.id


def refund(purchase_id: UUID, amount: int = 100, status: str = "success", reason: str = "") -> UUID:
    """Money of a credited purchase on its way back, or at the end of it, as the services book it."""
    from fantooo.services import refund_booking

    with unit_of_work(as_system=True) as work:
        wallet, bought = refund_booking.lock(work, purchase_id)
        part = refund_booking.to_take(wallet, bought, Decimal(amount), goodwill=True)
        made = refund_booking.begin(work, wallet, bought, part, reason or "As agreed")
        if status == "success":
            refund_booking.succeed(work, wallet, bought, made)
        elif status == "failed":
            refund_booking.fail(work, wallet, bought, made, "The payment service could not send it")
        else:
            made.status = status
        return made.id


def dispute(purchase_id: UUID, **changes: object) -> UUID:
    """An open dispute of a purchase, due in two days. Nothing is frozen by it here."""
    from fantooo.models import Dispute, Transaction

    with unit_of_work(as_system=True) as work:
        bought = work.session.get_one(Transaction, purchase_id)
        values = {
            "transaction_id": purchase_id,
            "provider_id": uuid.uuid4().int % 10**9,
            "provider_status": "awaiting-merchant-feedback",
            "due_at": datetime.now(UTC) + timedelta(days=2),
            "amount": bought.amount,
            "reason": "chargeback",
            **changes,
        }
        made = Dispute(**values)
        work.session.add(made)
        work.session.flush()
        return made.id


def character(**changes: object) -> UUID:
    """A published character with three pictures, of which all sizes are known to be ready."""
    slug = str(changes.get("slug") or unique("c-"))
    named = [f"characters/{slug}/{n}" for n in range(3)]
    values = {
        "slug": slug,
        "name": "Nia",
        "age": 27,
        "gender": "female",
        "location": "Mombasa",
        "tagline": "Sea salt and late-night talks",
        "bio": "A marine biologist who laughs easily.",
        "profile_pictures": named,
        "response_style": "friendly",
        "personality_guidelines": "Warm, curious, never in a hurry.",
        "response_templates": {"greeting": "Hi there, how was your day?"},
        "max_concurrent_chats": 1000,
        **changes,
    }
    with unit_of_work(as_system=True) as work:
        made = FictionalUser(**values)
        work.session.add(made)
        if made.profile_pictures == named:
            work.session.add_all(picture(name) for name in named)
        work.session.flush()
        return made.id


def picture(name: str, **changes: object) -> Media:
    """The row of a character's picture of 640 by 800."""
    values = {
        "name": name, "kind": "character", "width": 640, "height": 800,
        "placeholder": picture_work.placeholder(_plain()), "widths": [128, 384, 640], **changes,
    }  # fmt: skip
    return Media(**values)


@cache
def painted() -> dict[str, bytes]:
    """A plain picture in its sizes and formats, by the end of the file's name."""
    return {
        f"-{each.width}.{each.format}": each.data
        for each in picture_work.renditions(_plain(), (128, 384, 640))
    }


def paint(app: Flask, *names: str) -> None:
    """Writes the files of such pictures into the storage."""
    kept = LocalStorage(app.config["SETTINGS"].media_dir)
    for name in names:
        for end, data in painted().items():
            kept.save(name + end, data)


@cache
def _plain() -> Image.Image:
    return Image.new("RGB", (640, 800), (222, 120, 160))


def operator(*, available: bool = False, max_chats: int = 5, **changes: object) -> Viewer:
    values = {
        "name": "Otieno",
        "email": f"{unique('op')}@fantooo.test",
        "password": PASSWORD,
        "specializations": [],
        "languages": ["en", "sw"],
        "skill_level": "senior",
        **changes,
    }
    operator_id = accounts.create_operator(**values)  # type: ignore[arg-type]
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(Operator)
            .where(Operator.id == operator_id)
            .values(max_concurrent_chats=max_chats)
        )
    viewer = Viewer(role="operator", account_id=operator_id, name="Otieno")
    if available:
        go_available(viewer)
    return viewer


def go_available(viewer: Viewer) -> None:
    assert viewer.account_id
    with acting_as(viewer):
        operators.set_availability(viewer.account_id, available=True, reason="")


def admin(role: str = "super_admin") -> Viewer:
    admin_id = accounts.create_admin(
        name="Ada", email=f"{unique('ad')}@fantooo.test", password=PASSWORD, role=role
    )
    from fantooo.domain.viewer import DEFAULT_PERMISSIONS

    return Viewer(
        role="admin", account_id=admin_id, name="Ada", admin_role=role,
        permissions=DEFAULT_PERMISSIONS[role],
    )  # fmt: skip


def sign_in(viewer: Viewer) -> SignIn:
    """A new session of somebody made here, through the real sign-in."""
    with unit_of_work(as_system=True) as work:
        login = work.session.scalars(
            select(Account.login).where(Account.id == viewer.account_id)
        ).one()
    return accounts.sign_in(login, PASSWORD, viewer.role)


def sign_out_everywhere(viewer: Viewer) -> None:
    """Ends every session of somebody, as their page of sessions does for all but its own."""
    assert viewer.account_id
    credentials.end_other_sessions(viewer.account_id, uuid4())


def ban(viewer: Viewer, until: datetime | None = None) -> None:
    """Bans a user, for ever or until a moment."""
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(RealUser)
            .where(RealUser.id == viewer.account_id)
            .values(is_banned=True, ban_reason="test", banned_until=until)
        )


def email(account_id: UUID, address: str) -> str:
    """Gives a user an address that is not confirmed; returns the end of the link that confirms it."""
    hashed = crypto.keyed_hash("email", address)
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(RealUser)
            .where(RealUser.id == account_id)
            .values(email_sealed=crypto.seal(address), email_hash=hashed)
        )
    return address_links.token(account_id, hashed)


def change_operator(viewer: Viewer, **values: object) -> None:
    """Sets columns of an operator, for example ``is_suspended``."""
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(Operator).where(Operator.id == viewer.account_id).values(**values)
        )


def open_chat(viewer: Viewer, character_id: UUID | None = None) -> UUID:
    assert viewer.account_id
    with acting_as(viewer):
        return chats.open_chat(character_id or character(), viewer.account_id)


def send(
    viewer: Viewer, chat_id: UUID, content: str = "Hello", client_id: UUID | None = None
) -> messages.Sent:
    """A message at the price the composer shows."""
    assert viewer.account_id
    with acting_as(viewer):
        composer = messages.composer_of(chat_id, viewer.account_id)
        return messages.send(
            chat_id=chat_id,
            account_id=viewer.account_id,
            client_id=client_id or uuid.uuid4(),
            content=content,
            quote_token=composer.quote,
        )


def reply(viewer: Viewer, chat_id: UUID, content: str = "Hi!", **changes: object) -> messages.Sent:
    """A reply under the present assignment, having seen everything."""
    from fantooo.queries import chats as chat_queries

    assert viewer.account_id
    with acting_as(viewer):
        chat = chat_queries.get_chat(chat_id)
        values = {
            "client_id": uuid.uuid4(),
            "assignment_number": chat.assignment_number,
            "seen_seq": chat.event_seq,
            **changes,
        }
        return messages.reply(
            chat_id=chat_id, operator_id=viewer.account_id, content=content, **values
        )  # type: ignore[arg-type]


def set_setting(key: str, value: object) -> None:
    """Changes a system setting, and lets this process see it at once."""
    from flask import current_app

    settings.change(key, value)
    current_app.extensions.pop("fantooo_settings", None)
