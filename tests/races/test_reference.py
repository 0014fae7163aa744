"""``send_message`` against its reference: the same random steps through both, compared after each."""

from __future__ import annotations

import json
import uuid
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings as hypothesis_settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from fantooo.extensions import db
from fantooo.infra.database import call_function
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.services import credits
from fantooo.services.credits import grant_bonus
from tests.support import factories
from tests.support.reference import ReferenceChat, Wallet, World

pytestmark = pytest.mark.fresh_db

_CALL = f"SELECT * FROM send_message({', '.join(['%s'] * 19)})"
_TIERS = ("free", "bronze", "silver")


def execute(sql: str, **parameters: object) -> None:
    with unit_of_work(as_system=True) as work:
        work.session.execute(text(sql), parameters)


class Sending(RuleBasedStateMachine):
    """Two users, two characters, two operators, and everything that may happen between them."""

    client_ids = Bundle("client_ids")

    @initialize()
    def people(self) -> None:
        self.world = World()
        self.users = [factories.user().account_id for _ in range(2)]
        self.characters = [factories.character(), factories.character()]
        self.operators = [factories.operator().account_id for _ in range(2)]
        for user in self.users:
            self.world.wallets[user] = Wallet(credits=10, bonus=10)
        for character in self.characters:
            self.world.published[character] = True
            self.world.featured[character] = False
        for user in self.users:
            for character in self.characters:
                chat_id = self._open(user, character)
                self.world.chats[chat_id] = ReferenceChat(user, character)
        with unit_of_work(as_system=True) as work:
            self.world.version = work.session.scalar(
                text("SELECT coalesce(max(version), 0) FROM system_settings")
            )

    def _open(self, user: UUID, character: UUID) -> UUID:
        from fantooo.domain.viewer import Viewer

        return factories.open_chat(Viewer(role="user", account_id=user), character)

    def _chat(self, index: int) -> tuple[UUID, ReferenceChat]:
        return list(self.world.chats.items())[index % len(self.world.chats)]

    @rule(target=client_ids)
    def new_client_id(self) -> UUID:
        return uuid.uuid4()

    @rule(
        chat=st.integers(0, 3),
        client_id=client_ids,
        other_account=st.booleans() | st.just(False),
        price=st.integers(1, 6),
        stale_free=st.sampled_from((0, 0, 0, 0, 1)),
        stale_tier=st.sampled_from((False, False, False, True)),
        stale_feature=st.sampled_from((False, False, False, True)),
        stale_version=st.sampled_from((0, 0, 0, 1)),
    )
    def send(
        self,
        chat: int,
        client_id: UUID,
        other_account: bool,
        price: int,
        stale_free: int,
        stale_tier: bool,
        stale_feature: bool,
        stale_version: int,
    ) -> None:
        chat_id, state = self._chat(chat)
        account = (
            state.user if not other_account else next(u for u in self.users if u != state.user)
        )
        wallet = self.world.wallets[account]
        free_used = state.free_used + stale_free
        is_free = free_used < self.world.free_limit
        quote = {
            "price": 0 if is_free else price,
            "is_free": is_free,
            "free_used": free_used,
            "tier": "gold" if stale_tier else wallet.tier,
            "featured": self.world.featured[state.character] != stale_feature,
            "version": self.world.version + stale_version,
        }
        was_queued = state.queued
        expected = self.world.send(account, chat_id, client_id, "Hello", **quote)  # type: ignore[arg-type]
        row = call_function(
            db.engine,
            _CALL,
            (
                account, chat_id, client_id, "real", "Hello", "text", quote["price"], is_free,
                free_used, self.world.free_limit, quote["tier"], quote["featured"],
                quote["version"], json.dumps({"base": price}), "normal", 5, "{}", None, None,
            ),
        )  # fmt: skip
        assert (
            row.outcome,
            row.message_seq if row.outcome in ("sent", "repeat") else None,
        ) == expected
        if row.outcome == "sent":
            assert row.balance == wallet.credits
            assert row.price == quote["price"]
            assert row.free_used == state.free_used
            # Told once, with the message that brought the chat there.
            assert row.queued == (state.operator is None and not was_queued)
        if row.outcome == "insufficient_credits":
            assert row.balance == wallet.credits

    @rule(
        chat=st.integers(0, 3),
        client_id=client_ids,
        who=st.integers(0, 1),
        late=st.sampled_from((0, 0, 0, 1)),
        unseen=st.sampled_from((0, 0, 0, 1)),
    )
    def reply(self, chat: int, client_id: UUID, who: int, late: int, unseen: int) -> None:
        chat_id, state = self._chat(chat)
        operator = self.operators[who]
        number, seen = state.number - late, max(0, state.events - unseen)
        expected = self.world.reply(operator, chat_id, client_id, "Hi", number=number, seen=seen)
        row = call_function(
            db.engine,
            _CALL,
            (operator, chat_id, client_id, "fictional", "Hi", "text", *([None] * 11), number, seen),
        )
        assert (
            row.outcome,
            row.message_seq if row.outcome in ("sent", "repeat") else None,
        ) == expected

    @rule(chat=st.integers(0, 3), who=st.integers(0, 1))
    def assign(self, chat: int, who: int) -> None:
        """Hands a chat to an operator, straight in the tables: assignment has its own tests."""
        chat_id, state = self._chat(chat)
        operator = self.operators[who]
        execute(
            "UPDATE chat_assignments SET ended_at = now(), end_reason = 'reassigned'"
            " WHERE chat_id = :c AND ended_at IS NULL",
            c=chat_id,
        )
        execute(
            "UPDATE chats SET assigned_operator_id = :o, assignment_time = now(),"
            " assignment_count = assignment_count + 1 WHERE id = :c",
            o=operator,
            c=chat_id,
        )
        execute(
            "INSERT INTO chat_assignments (chat_id, operator_id, number) VALUES (:c, :o, :n)",
            c=chat_id,
            o=operator,
            n=state.number + 1,
        )
        execute("DELETE FROM chat_queue WHERE chat_id = :c", c=chat_id)
        state.operator, state.number, state.queued = operator, state.number + 1, False

    @rule(user=st.integers(0, 1), amount=st.integers(1, 5))
    def bonus(self, user: int, amount: int) -> None:
        user_id = self.users[user]
        with unit_of_work(as_system=True) as work:
            grant_bonus(work, user_id=user_id, amount=amount, kind="bonus", reason="test")
        self.world.wallets[user_id].credits += amount
        self.world.wallets[user_id].bonus += amount

    @rule(user=st.integers(0, 1), banned=st.booleans())
    def ban(self, user: int, banned: bool) -> None:
        user_id = self.users[user]
        execute("UPDATE real_users SET is_banned = :b WHERE id = :u", b=banned, u=user_id)
        self.world.wallets[user_id].banned = banned

    @rule(user=st.integers(0, 1), paused=st.booleans(), over=st.booleans())
    def take_a_break(self, user: int, paused: bool, over: bool) -> None:
        user_id = self.users[user]
        execute(
            "UPDATE real_users SET paused_until = CASE WHEN :p THEN now() + :t * interval '1 hour'"
            " END WHERE id = :u",
            p=paused,
            t=-1 if over else 1,
            u=user_id,
        )
        self.world.wallets[user_id].paused = paused and not over

    @rule(user=st.integers(0, 1), excluded=st.booleans(), over=st.booleans())
    def exclude(self, user: int, excluded: bool, over: bool) -> None:
        """Its time being over ends nothing."""
        user_id = self.users[user]
        execute(
            "UPDATE real_users SET self_excluded_until = CASE WHEN :e THEN"
            " now() + :t * interval '1 hour' END WHERE id = :u",
            e=excluded,
            t=-1 if over else 1,
            u=user_id,
        )
        self.world.wallets[user_id].excluded = excluded

    @rule(user=st.integers(0, 1), frozen=st.booleans())
    def freeze_spending(self, user: int, frozen: bool) -> None:
        user_id = self.users[user]
        execute(
            "UPDATE real_users SET spending_frozen_reason = CASE WHEN :f THEN 'dispute' END"
            " WHERE id = :u",
            f=frozen,
            u=user_id,
        )
        self.world.wallets[user_id].spending_frozen = frozen

    @rule(user=st.integers(0, 1), tier=st.sampled_from(_TIERS))
    def tier(self, user: int, tier: str) -> None:
        user_id = self.users[user]
        execute("UPDATE real_users SET user_tier = :t WHERE id = :u", t=tier, u=user_id)
        self.world.wallets[user_id].tier = tier

    @rule(
        character=st.integers(0, 1),
        featured=st.booleans(),
        published=st.sampled_from((True, True, False)),
    )
    def character(self, character: int, featured: bool, published: bool) -> None:
        character_id = self.characters[character]
        execute(
            "UPDATE fictional_users SET is_featured = :f, is_active = :a WHERE id = :c",
            f=featured,
            a=published,
            c=character_id,
        )
        self.world.featured[character_id] = featured
        self.world.published[character_id] = published

    @rule(chat=st.integers(0, 3), frozen=st.sampled_from((True, False, False)))
    def freeze(self, chat: int, frozen: bool) -> None:
        chat_id, state = self._chat(chat)
        execute("UPDATE chats SET is_frozen = :f WHERE id = :c", f=frozen, c=chat_id)
        state.frozen = frozen

    @rule(price=st.integers(1, 9))
    def setting(self, price: int) -> None:
        factories.set_setting("price_text", price)
        with unit_of_work(as_system=True) as work:
            self.world.version = work.session.scalar(
                text("SELECT max(version) FROM system_settings")
            )

    @invariant()
    def same_world(self) -> None:
        with unit_of_work(as_system=True) as work:
            for user_id, wallet in self.world.wallets.items():
                row = work.session.execute(
                    text("SELECT * FROM real_users WHERE id = :u"), {"u": user_id}
                ).one()
                assert (row.credits, row.bonus_credits, row.total_messages_sent) == (
                    wallet.credits,
                    wallet.bonus,
                    wallet.sent,
                )
            for chat_id, chat in self.world.chats.items():
                row = work.session.execute(
                    text(
                        "SELECT c.*, EXISTS (SELECT FROM chat_queue AS q WHERE q.chat_id = c.id)"
                        " AS queued FROM chats AS c WHERE c.id = :c"
                    ),
                    {"c": chat_id},
                ).one()
                assert (
                    row.event_seq,
                    row.message_count,
                    row.free_messages_used,
                    row.paid_messages_count,
                    row.total_credits_spent,
                    row.replies_in_row,
                    row.waiting_since is not None,
                    row.last_user_seq,
                    row.last_fictional_seq,
                    row.operator_read_seq,
                    row.queued,
                    row.assignment_count,
                ) == (
                    chat.events,
                    len(chat.messages),
                    chat.free_used,
                    chat.paid,
                    chat.spent,
                    chat.replies_in_row,
                    chat.waiting,
                    chat.last_user_seq,
                    chat.last_fictional_seq,
                    chat.operator_read,
                    chat.queued,
                    chat.number,
                )
                stored = work.session.execute(
                    text(
                        "SELECT m.client_id, m.sender_type, m.seq, m.credits_charged,"
                        " m.is_free_message, coalesce(t.bonus_amount, 0) AS bonus"
                        " FROM messages AS m LEFT JOIN credit_transfers AS t ON t.cause_id = m.id"
                        " WHERE m.chat_id = :c ORDER BY m.id"
                    ),
                    {"c": chat_id},
                ).all()
                assert [tuple(r) for r in stored] == [
                    (m.client_id, m.sender, m.seq, m.price, m.is_free, m.bonus_spent)
                    for m in chat.messages
                ]

    def teardown(self) -> None:
        assert credits.verify_ledger() == []
        db.session.remove()


def test_the_function_equals_its_reference(app: Flask, full: bool) -> None:
    run_state_machine_as_test(
        Sending,
        settings=hypothesis_settings(
            max_examples=400 if full else 40,
            stateful_step_count=40,
            deadline=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
            # A failing life is told as it was found: shortening it takes minutes.
            phases=[Phase.explicit, Phase.generate],
            database=None,
        ),
    )
