"""Two users, two operators and an admin with rows of each in every table, for tests of access."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import select

from fantooo.domain.viewer import Viewer
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import CreditTransfer, LoyaltyEntry, RealUser
from fantooo.services import (
    approvals,
    assignment,
    chats,
    liking,
    limits,
    message_refunds,
    notes,
    packages,
    stretches,
)
from tests.support import factories


@dataclass(frozen=True)
class World:
    anna: Viewer
    ben: Viewer
    olga: Viewer
    otto: Viewer
    admin: Viewer
    #: Anna's chat, held by Olga; Ben's, held by Otto; Ben's second, waiting in the queue
    annas: UUID
    bens: UUID
    waiting: UUID
    published: UUID
    hidden: UUID
    #: Anna's purchase, paid and with a receipt
    purchase: UUID
    #: what both bought, and the code they used for it
    package: UUID
    promo: UUID
    #: Anna's message that cost something, and that she asks to have back
    charged: UUID
    asked: UUID
    #: what waits for a second admin: credits for Anna
    approval: UUID
    #: of Anna, who has no other
    photo: UUID
    #: of Ben's purchase
    dispute: UUID


def build(connection: psycopg.Connection) -> World:
    """Makes the world through the services; a superuser adds what no service writes yet."""
    anna, ben = factories.user(credits=20), factories.user(credits=20)
    olga = factories.operator(available=True, max_chats=1)
    published = factories.character()
    annas = factories.open_chat(anna, published)
    for word in ("one", "two", "three", "four"):
        factories.send(anna, annas, word)
    otto = factories.operator(available=True, max_chats=1)
    other = factories.character(name="Ben's own")
    bens = factories.open_chat(ben, other)
    for word in ("one", "two", "three", "four"):
        factories.send(ben, bens, word)
    assignment.assign_waiting()
    factories.reply(olga, annas, "Hello Anna")
    factories.reply(otto, bens, "Hello Ben")
    hidden = factories.character(name="Hidden", is_active=False)
    waiting = factories.open_chat(ben, published)
    factories.send(ben, waiting, "anybody?")
    for viewer, chat_id in ((anna, annas), (ben, bens), (olga, annas), (otto, bens)):
        assert viewer.account_id
        with acting_as(viewer):
            chats.save_draft(chat_id, viewer.account_id, "half a thought")
    for viewer, chat_id in ((olga, annas), (otto, bens)):
        assert viewer.account_id
        for subject in ("real", "fictional"):
            with acting_as(viewer):
                notes.save(
                    chat_id=chat_id,
                    author_id=viewer.account_id,
                    subject=subject,  # type: ignore[arg-type]
                    content="likes the sea",
                    version=0,
                )
    for viewer, chat_id, character in ((anna, annas, published), (ben, bens, other)):
        assert viewer.account_id
        with acting_as(viewer):
            liking.set_favorite(character, viewer.account_id, on=True)
            liking.note_view(character, viewer.account_id)
            liking.rate(chat_id, viewer.account_id, stars=4)
    factories.set_setting("price_text", 1)
    admin = factories.admin()
    package = factories.package()
    for viewer in (anna, ben):
        assert viewer.account_id
        with acting_as(viewer):
            packages.note_views(viewer.account_id, [package])
    promo = factories.promo(admin.account_id)
    purchase = _purchase(anna, package, promo)
    disputed = factories.dispute(_purchase(ben, package, promo))
    _limits(connection, anna, ben)
    charged, asked = _ask(anna, annas)
    _ask(ben, bens)
    approval = _wish(anna, admin, "credit_grant")
    _wish(anna, admin, "withdrawal")
    _wish(ben, admin, "withdrawal")
    photo, _ = (factories.photo(viewer) for viewer in (anna, ben))
    _leaving(connection, anna, ben)
    _by_hand(connection, admin, olga)
    return World(
        anna, ben, olga, otto, admin, annas, bens, waiting, published, hidden,
        purchase, package, promo, charged, asked, approval, photo, disputed,
    )  # fmt: skip


def _ask(viewer: Viewer, chat_id: UUID) -> tuple[UUID, UUID]:
    """A request for the one message of a chat that cost something: the message and the request."""
    assert viewer.account_id
    with unit_of_work(as_system=True) as work:
        message = work.session.scalars(
            select(CreditTransfer.cause_id).where(
                CreditTransfer.chat_id == chat_id, CreditTransfer.kind == "message_charge"
            )
        ).first()
    assert message
    asked = message_refunds.ask(
        account_id=viewer.account_id, chat_id=chat_id, message_id=message,
        reason="accidental_send", words="",
    )  # fmt: skip
    return message, asked


def _wish(viewer: Viewer, admin: Viewer, kind: str) -> UUID:
    """Something that waits for a second admin."""
    assert viewer.account_id and admin.account_id
    with unit_of_work(as_system=True) as work:
        wish = approvals.Wish(
            kind=kind, subject_id=viewer.account_id, user_id=viewer.account_id,
            amount=Decimal(500), unit="credits", requested_by=admin.account_id, reason="x",
            payload={"key": str(uuid4())},
        )  # fmt: skip
        return approvals.ask(work, wish)


def _purchase(viewer: Viewer, package: UUID, promo: UUID) -> UUID:
    """A credited purchase with a promo code, its receipt, and points that were swapped."""
    assert viewer.account_id
    bought = factories.purchase(viewer.account_id, package, promo=promo)
    with unit_of_work(as_system=True) as work:
        work.session.add(
            LoyaltyEntry(
                real_user_id=viewer.account_id, points=-1, kind="swapped", cause_id=uuid4()
            )
        )
        wallet = work.session.get_one(RealUser, viewer.account_id)
        wallet.loyalty_points -= 1
    return bought


def _limits(connection: psycopg.Connection, *people: Viewer) -> None:
    """A limit with a wish for more, a break that is over, marks, and time spent here."""
    for viewer in people:
        assert viewer.account_id
        limits.set_limit(viewer.account_id, "week", "1000")
        limits.set_limit(viewer.account_id, "week", "2000")
        with acting_as(viewer):
            stretches.note(viewer.account_id)
        connection.execute(
            "INSERT INTO account_pauses (real_user_id, kind, starts_at, ends_at)"
            " VALUES (%s, 'time_out', now() - interval '2 days', now() - interval '1 day')",
            (viewer.account_id,),
        )
        connection.execute(
            "INSERT INTO payer_marks (real_user_id, transaction_id, kind, mark)"
            " SELECT real_user_id, id, 'card', 'x' FROM transactions"
            " WHERE real_user_id = %s AND type = 'purchase'",
            (viewer.account_id,),
        )
        connection.execute(
            "INSERT INTO exclusion_marks (kind, mark, real_user_id, until)"
            " VALUES ('device', 'x', %s, now() + interval '1 day')",
            (viewer.account_id,),
        )


def _leaving(connection: psycopg.Connection, *people: Viewer) -> None:
    """A wish to be deleted that was taken back, and what is kept of somebody who left."""
    for viewer in people:
        connection.execute(
            "INSERT INTO data_requests (real_user_id, unused, status, due_at, ended_at)"
            " VALUES (%s, 'refund', 'cancelled', now(), now())",
            (viewer.account_id,),
        )
    connection.execute(
        "INSERT INTO deleted_users (deletion_requested_at, account_age_days, total_spent,"
        " total_messages_sent, unused_credits) VALUES (now(), 1, 0, 0, 0)"
    )


def _by_hand(connection: psycopg.Connection, admin: Viewer, olga: Viewer) -> None:
    connection.execute(
        "INSERT INTO profile_note_history (note_id, content, written_by, written_at)"
        " SELECT id, content, updated_by, updated_at FROM profile_notes"
    )
    connection.execute("INSERT INTO outbox (topic, payload) VALUES ('admin_notification', '{}')")
    connection.execute("INSERT INTO job_runs (name, due_at) VALUES ('ledger_verification', now())")
    connection.execute(
        "INSERT INTO admin_notifications (type, message) VALUES ('system_error', 'x')"
    )
    connection.execute(
        "INSERT INTO media (name, kind, width, height) VALUES ('users/anna/0', 'user', 640, 800)"
    )
    connection.execute(
        "INSERT INTO webhook_events (provider, event_key, event, raw)"
        " VALUES ('paystack', 'charge.success:1:success', 'charge.success', '{}')"
    )
    connection.execute(
        "INSERT INTO reconciliation_runs (since, until) VALUES (now() - interval '1 day', now())"
    )
    connection.execute(
        "INSERT INTO reconciliation_exceptions (kind, reference) VALUES ('differs', 'x')"
    )
    for actor in (admin, olga):
        connection.execute(
            "INSERT INTO audit_log (actor_id, action, subject_type, subject_id, after)"
            " VALUES (%s, 'looked', 'chat', %s, %s)",
            (actor.account_id, uuid4(), Jsonb({})),
        )
