"""Credits by machine: random lives of people through the real services, beside a small plain model."""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings as hypothesis_settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg import errors
from sqlalchemy import text

from fantooo.domain.errors import (
    InsufficientCredits,
    SendingPaused,
    SpendingPaused,
    ValidationError,
)
from fantooo.domain.viewer import Viewer
from fantooo.extensions import db
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import access
from fantooo.services import (
    approving,
    assignment,
    chats,
    credits,
    deletion,
    disputes,
    limits,
    message_refunds,
    money_refunds,
    payment_review,
    payments,
    refund_progress,
    refunds,
)
from tests.races import shop
from tests.support import factories
from tests.support.cluster import Place
from tests.support.paystack import PaystackSimulator

pytestmark = pytest.mark.fresh_db

#: noon and eight in the evening in Nairobi
DAY, EVENING = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 17, tzinfo=UTC)
#: each role tries to change, to delete and to empty; it ends with an error, so nothing stays
_REWRITE = f"""
    DO $$
    DECLARE who text; refused int := 0;
    BEGIN
        FOREACH who IN ARRAY ARRAY[{", ".join(f"'{role}'" for role in access.VIEWER_ROLES)}, 'none'] LOOP
            BEGIN
                PERFORM set_config('role', who, true);
                UPDATE credit_transfers SET amount = amount;
            EXCEPTION WHEN insufficient_privilege THEN refused := refused + 1;
            END;
            BEGIN
                PERFORM set_config('role', who, true);
                DELETE FROM credit_transfers;
            EXCEPTION WHEN insufficient_privilege THEN refused := refused + 1;
            END;
            BEGIN
                PERFORM set_config('role', who, true);
                TRUNCATE credit_transfers;
            EXCEPTION WHEN insufficient_privilege THEN refused := refused + 1;
            END;
        END LOOP;
        RAISE EXCEPTION 'refused % times', refused;
    END $$"""
_steps: Counter[str] = Counter()


@dataclass
class Sale:
    """A purchase of fifteen credits and two bonus credits for 150 KES, and what went back of it."""

    id: UUID
    reference: str
    back: int = 0

    def refund(self, purse: Purse, amount: int) -> tuple[int, int]:
        """Bought and bonus credits that ``amount`` takes: its share, as far as it is there."""
        before, self.back = self.back, self.back + amount
        bought = math.ceil(15 * self.back / 150) - math.ceil(15 * before / 150)
        given = math.ceil(2 * self.back / 150) - math.ceil(2 * before / 150)
        return min(bought, purse.credits - purse.bonus), min(given, purse.bonus)


@dataclass
class Purse:
    """One user as arithmetic: what they have, how much of it was given, what they sent."""

    viewer: Viewer
    credits: int = 10
    bonus: int = 10
    sent: int = 0
    banned: bool = False
    resting: bool = False
    frozen: bool = False
    spent: int = 0
    sales: list[Sale] = field(default_factory=list)
    #: what a lost dispute took that was spent already
    owed: int = 0
    #: what counts against the limit of a month, and that limit
    counted: int = 0
    limit: int | None = None

    @property
    def silent(self) -> bool:
        """Whether nothing at all can be sent."""
        return self.banned or self.resting

    def may_buy(self, price: int) -> bool:
        """Whether nothing the person wished for, and no freeze, is in the way."""
        within = self.limit is None or self.counted + price <= self.limit
        return within and not (self.resting or self.frozen)

    def bought(self, price: int, credits: int, bonus: int) -> None:
        """A purchase arrives; its bought credits pay what is owed first."""
        paid_off = min(self.owed, credits)
        self.owed -= paid_off
        self.credits += credits + bonus - paid_off
        self.bonus += bonus
        self.spent += price
        self.counted += price

    def spend(self, price: int) -> int:
        """Takes the price, bonus first; returns the part of the bonus."""
        part = min(self.bonus, price)
        self.credits -= price
        self.bonus -= part
        return part


@dataclass
class Talk:
    """One chat: what was free, what was paid, and what still waits for an answer."""

    purse: Purse
    free: int = 0
    paid: int = 0
    spent: int = 0
    total: int = 0
    frozen: bool = False
    waiting: bool = False
    replies: int = 0
    unanswered: list[tuple[int, int, UUID]] = field(default_factory=list)  # price, bonus part
    #: what was paid and did not come back
    charges: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    last: tuple[UUID, int, int] | None = None  # client_id, seq, price


class _World:
    """What the test hands to its machines: the clock, the provider, two connections to look with."""

    now = DAY
    provider: PaystackSimulator
    looker: psycopg.Connection
    login: psycopg.Connection


def _change(sql: str, **parameters: object) -> None:
    with unit_of_work(as_system=True) as work:
        work.session.execute(text(sql), parameters)


class Ledger(RuleBasedStateMachine):
    """Two or more users, two characters, an operator and an admin's hand on the settings."""

    @initialize()
    def begin(self) -> None:
        # What an earlier life left without an answer is not of this one.
        refunds.return_unanswered(datetime.now(UTC) + timedelta(minutes=31))
        _World.now = DAY
        self.price = 1
        factories.set_setting("price_text", 1)
        self.characters = [factories.character() for _ in range(2)]
        self.operator = factories.operator(available=True, max_chats=50)
        self.package = factories.package(credits=15, bonus_credits=2, price=150)
        admin, second = factories.admin().account_id, factories.admin().account_id
        assert admin
        assert second
        self.admin, self.second_admin = admin, second
        self.purses: list[Purse] = []
        self.talks: dict[UUID, Talk] = {}
        self.register()

    def _pick(self, number: int) -> tuple[UUID, Talk]:
        return list(self.talks.items())[number % len(self.talks)]

    def _price(self, talk: Talk) -> int:
        if talk.free < 3:
            return 0
        rate = 1.2 if _World.now is EVENING else 1.0
        return math.ceil(round(self.price * rate, 6))

    @precondition(lambda self: len(self.purses) < 3)
    @rule()
    def register(self) -> None:
        _steps["register"] += 1
        purse = Purse(factories.user())
        self.purses.append(purse)
        self._open(purse, self.characters[0])

    def _open(self, purse: Purse, character: UUID) -> None:
        chat_id = factories.open_chat(purse.viewer, character)
        self.talks.setdefault(chat_id, Talk(purse))
        assert self.talks[chat_id].purse is purse

    @rule(who=st.integers(0, 9), character=st.integers(0, 1))
    def open_chat(self, who: int, character: int) -> None:
        _steps["open"] += 1
        self._open(self.purses[who % len(self.purses)], self.characters[character])

    @rule(who=st.integers(0, 9), amount=st.integers(1, 8))
    def grant(self, who: int, amount: int) -> None:
        _steps["grant"] += 1
        purse = self.purses[who % len(self.purses)]
        assert purse.viewer.account_id
        with unit_of_work(as_system=True) as work:
            credits.grant_bonus(
                work, user_id=purse.viewer.account_id, amount=amount, kind="bonus", reason="luck"
            )
        purse.credits += amount
        purse.bonus += amount

    @rule(number=st.integers(0, 9), times=st.integers(1, 4))
    def send(self, number: int, times: int) -> None:
        for _ in range(times):
            self._send(*self._pick(number))

    def _send(self, chat_id: UUID, talk: Talk) -> None:
        purse, price, client_id = talk.purse, self._price(talk), uuid.uuid4()
        if talk.frozen or purse.silent or (purse.frozen and price):
            _steps["send refused"] += 1
            with pytest.raises(SendingPaused):
                factories.send(purse.viewer, chat_id, client_id=client_id)
            return
        if purse.credits < price:
            _steps["send without credits"] += 1
            with pytest.raises(InsufficientCredits) as caught:
                factories.send(purse.viewer, chat_id, client_id=client_id)
            assert caught.value.details["required"] == price
            assert caught.value.details["available"] == purse.credits
            return
        _steps["send paid" if price else "send free"] += 1
        sent = factories.send(purse.viewer, chat_id, client_id=client_id)
        part = purse.spend(price)
        purse.sent += 1
        talk.total += 1
        talk.free += talk.free < 3
        talk.paid += price > 0
        talk.spent += price
        talk.waiting, talk.replies = True, 0
        if price:
            talk.unanswered.append((price, part, sent.event.message_id))
            talk.charges[sent.event.message_id] = (price, part)
        talk.last = (client_id, sent.event.seq, price)
        assert (sent.event.price, sent.event.balance, sent.repeat) == (price, purse.credits, False)

    @rule(number=st.integers(0, 9))
    def spend_all(self, number: int) -> None:
        chat_id, talk = self._pick(number)
        purse = talk.purse
        while purse.credits >= self._price(talk) and not (talk.frozen or purse.silent):
            self._send(chat_id, talk)
            if talk.total > 40 or purse.frozen:
                return
        self._send(chat_id, talk)

    @rule(number=st.integers(0, 9))
    def send_again(self, number: int) -> None:
        chat_id, talk = self._pick(number)
        if talk.last is None:
            return
        _steps["repeat"] += 1
        client_id, seq, price = talk.last
        sent = factories.send(talk.purse.viewer, chat_id, "something else", client_id)
        assert (sent.repeat, sent.event.seq, sent.event.price) == (True, seq, price)

    @rule(price=st.integers(1, 4))
    def change_the_price(self, price: int) -> None:
        _steps["price"] += 1
        self.price = price
        factories.set_setting("price_text", price)

    @rule(evening=st.booleans())
    def let_time_pass(self, evening: bool) -> None:
        _steps["clock"] += 1
        _World.now = EVENING if evening else DAY

    @rule(number=st.integers(0, 9))
    def reply(self, number: int) -> None:
        chat_id, talk = self._pick(number)
        if not talk.waiting:
            return
        factories.go_available(self.operator)
        assignment.assign_waiting()
        if talk.frozen:
            # What is being reviewed takes no answers either.
            with pytest.raises(SendingPaused):
                factories.reply(self.operator, chat_id)
            return
        _steps["reply"] += 1
        sent = factories.reply(self.operator, chat_id)
        talk.total += 1
        talk.waiting, talk.replies = False, talk.replies + 1
        talk.unanswered.clear()
        assert sent.event.price == 0

    @rule()
    def nobody_answers(self) -> None:
        """Half an hour later: what waits comes back, with its bonus part, once."""
        _steps["refund"] += 1
        due = [talk for talk in self.talks.values() if talk.waiting]
        expected = sum(len(talk.unanswered) for talk in due)
        for talk in due:
            for price, part, message in talk.unanswered:
                talk.purse.credits += price
                talk.purse.bonus += part
                del talk.charges[message]
            talk.unanswered.clear()
        assert refunds.return_unanswered(datetime.now(UTC) + timedelta(minutes=31)) == expected

    @rule(number=st.integers(0, 9))
    def give_a_message_back(self, number: int) -> None:
        _chat_id, talk = self._pick(number)
        if not talk.charges:
            return
        _steps["message back"] += 1
        message, (price, part) = talk.charges.popitem()
        message_refunds.give(message, self.admin, "As agreed")
        with pytest.raises(ValidationError):
            message_refunds.give(message, self.admin, "Again")
        talk.purse.credits += price
        talk.purse.bonus += part
        talk.unanswered = [each for each in talk.unanswered if each[2] != message]

    @rule(who=st.integers(0, 9))
    def buy(self, who: int) -> None:
        _steps["buy"] += 1
        purse = self.purses[who % len(self.purses)]
        made = self._order(purse, self.package, 150)
        if made is None:
            return
        purse.sales.append(Sale(made, self._pay(made)))
        purse.bought(150, 15, 2)

    @rule(who=st.integers(0, 9), kind=st.sampled_from(("percent", "bonus")), paid=st.booleans())
    def buy_with_a_code(self, who: int, kind: str, paid: bool) -> None:
        """Of another package, so that refunds meet the plain one only."""
        _steps[f"promo {kind}"] += 1
        purse = self.purses[who % len(self.purses)]
        package = factories.package(credits=20, price=200)
        promo = factories.promo(self.admin, kind=kind, value=10, per_user_limit=99)
        code = shop.rows("SELECT code FROM promo_codes WHERE id = :i", i=promo)[0].code
        price = 180 if kind == "percent" else 200
        made = self._order(purse, package, price, code)
        if made is None:
            return
        if paid:
            self._pay(made)
            purse.bought(price, 20, 10 if kind == "bonus" else 0)
        else:
            # It is open, and could be paid at any moment.
            purse.counted += price

    @rule(who=st.integers(0, 9), price=st.sampled_from((150, 400, 1000)))
    def order(self, who: int, price: int) -> None:
        """Begun, and declined at the provider: it counts no longer, and may be begun anew."""
        purse = self.purses[who % len(self.purses)]
        made = self._order(purse, factories.package(credits=30, price=price), price)
        if made is not None:
            _World.provider.finish(shop.reference_of(made), "failed")
            assert payments.settle(shop.reference_of(made)) == "failed"

    @rule(who=st.integers(0, 9), paid=st.sampled_from((100, 14_900, 15_100)))
    def pay_something_else(self, who: int, paid: int) -> None:
        """Too little or too much: nothing is credited, an admin turns it down, all of it goes back."""
        purse = self.purses[who % len(self.purses)]
        made = self._order(purse, factories.package(credits=15, bonus_credits=2, price=150), 150)
        if made is None:
            return
        _steps["turned down"] += 1
        reference = shop.reference_of(made)
        _World.provider.finish(reference, amount=paid)
        assert payments.settle(reference) == "pending"
        payment_review.turn_down(made, self.admin, "Not what was ordered")
        with pytest.raises(ValidationError):
            payment_review.turn_down(made, self.admin, "Again")
        back = shop.rows(
            "SELECT id, amount, credits_amount FROM transactions WHERE refunds_id = :i", i=made
        )
        assert [(row.amount * 100, row.credits_amount) for row in back] == [(paid, 0)]
        assert refund_progress.settle(back[0].id) == "processing"

    @rule(who=st.integers(0, 9))
    def pay_when_it_is_over(self, who: int) -> None:
        """Declined first, then paid on the same page: credited once, as nothing stands against it."""
        purse = self.purses[who % len(self.purses)]
        made = self._order(purse, factories.package(credits=15, bonus_credits=2, price=150), 150)
        if made is None:
            return
        _steps["paid late"] += 1
        reference = shop.reference_of(made)
        _World.provider.finish(reference, "failed")
        assert payments.settle(reference) == "failed"
        self._pay(made)
        purse.bought(150, 15, 2)

    def _order(self, purse: Purse, package: UUID, price: int, code: str = "") -> UUID | None:
        """A purchase that begins, or is refused as it has to be."""
        if purse.may_buy(price):
            _steps["order"] += 1
            return shop.buy(purse.viewer, package, code=code)
        _steps["order refused"] += 1
        with pytest.raises(SpendingPaused):
            shop.buy(purse.viewer, package, code=code)
        return None

    @staticmethod
    def _pay(purchase: UUID) -> str:
        """The payer pays at the provider, which is asked about it twice; returns its reference."""
        reference = shop.reference_of(purchase)
        _World.provider.finish(reference)
        for _ in range(2):
            assert payments.settle(reference) == "success"
        return reference

    @precondition(lambda self: len(self.purses) > 1)
    @rule(who=st.integers(0, 9), unused=st.sampled_from(("refund", "forfeit")))
    def leave(self, who: int, unused: str) -> None:
        """The wallet ends empty; what was not spent goes back, or is given up."""
        _steps[f"leave {unused}"] += 1
        purse = self.purses.pop(who % len(self.purses))
        account = purse.viewer.account_id
        assert account
        for talk in self.talks.values():
            # What waits for an answer comes back first.
            for price, part, _message in talk.unanswered if talk.purse is purse else []:
                purse.credits += price
                purse.bonus += part
        self.talks = {chat: talk for chat, talk in self.talks.items() if talk.purse is not purse}
        deletion.ask(account, password=factories.PASSWORD, unused=unused, reason="")
        assert deletion.complete_due(datetime.now(UTC) + timedelta(days=7)) >= 1
        row = _World.looker.execute(
            "SELECT u.credits, u.bonus_credits, u.total_spent, coalesce((SELECT sum(t.amount)"
            " FROM transactions AS t WHERE t.real_user_id = u.id AND t.reason = 'Account deleted'"
            "  AND t.type = 'refund'), 0), coalesce((SELECT sum(t.credits_amount + t.bonus_credits)"
            " FROM transactions AS t WHERE t.real_user_id = u.id AND t.reason = 'Account deleted'), 0)"
            " FROM real_users AS u WHERE u.id = %s",
            (account,),
        ).fetchone()
        assert row
        left, bonus, spent, back, taken = row
        assert (left, bonus, taken) == (0, 0, purse.credits)
        assert spent == purse.spent - back
        if unused == "forfeit":
            assert back == 0
        elif purse.credits > purse.bonus:
            # Each bought credit that is left cost nine or ten.
            assert 0 < back <= 10 * (purse.credits - purse.bonus) + 10

    @rule(
        who=st.integers(0, 9),
        amount=st.sampled_from((1, 40, 75, 150)),
        end=st.sampled_from(("success", "failed", "processing")),
    )
    def refund(self, who: int, amount: int, end: str) -> None:
        purse = self.purses[who % len(self.purses)]
        if not purse.sales:
            return
        sale = purse.sales[-1]
        if amount > 150 - sale.back:
            _steps["refund too much"] += 1
            with pytest.raises(ValidationError):
                self._ask_back(sale, amount)
            return
        _steps[f"refund {end}"] += 1
        bought, given = sale.refund(purse, amount)
        back = self._ask_back(sale, amount)
        number = shop.rows("SELECT provider_response FROM transactions WHERE id = :i", i=back)
        if end != "processing":
            ended = "processed" if end == "success" else "failed"
            _World.provider.move_refund(number[0].provider_response["id"], ended)
        for _ in range(2):
            assert refund_progress.settle(back) == end
        if end == "failed":
            sale.back -= amount
            return
        purse.credits -= bought + given
        purse.bonus -= given
        purse.spent -= amount
        purse.counted -= amount if end == "success" else 0

    def _ask_back(self, sale: Sale, amount: int) -> UUID:
        """An admin's refund, which the provider has got; a second one agrees when it is a lot."""
        outcome = money_refunds.refund(
            purchase_id=sale.id,
            admin_id=self.admin,
            amount=Decimal(amount),
            reason="As agreed",
            goodwill=True,
            key=uuid.uuid4(),
        )
        if outcome == "waiting":
            _steps["second admin"] += 1
            wish = "SELECT id FROM approvals WHERE subject_id = :i AND status = 'pending'"
            approving.approve(shop.rows(wish, i=sale.id)[0].id, self.second_admin, "Agreed")
        newest = (
            "SELECT id FROM transactions WHERE refunds_id = :i ORDER BY created_at DESC LIMIT 1"
        )
        made: UUID = shop.rows(newest, i=sale.id)[0].id
        assert refund_progress.settle(made) == "processing"
        return made

    @rule(who=st.integers(0, 9), resolution=st.sampled_from(("declined", "merchant-accepted")))
    def charge_back(self, who: int, resolution: str) -> None:
        """A dispute from its first word to its end; what a lost one cannot take is owed."""
        purse = self.purses[who % len(self.purses)]
        if not purse.sales:
            return
        _steps[f"dispute {resolution}"] += 1
        sale = purse.sales[-1]
        number = _World.provider.open_dispute(sale.reference)["id"]
        assert disputes.heard(number) == "open"
        purse.frozen = True
        assert self._order(purse, self.package, 150) is None
        _World.provider.resolve_dispute(number, resolution)
        for _ in range(2):
            assert disputes.heard(number) == ("won" if resolution == "declined" else "lost")
        purse.frozen = False
        amount = 150 - sale.back
        if resolution == "declined" or amount == 0:
            return
        wanted = 15 - math.ceil(15 * sale.back / 150)
        bought, given = sale.refund(purse, amount)
        purse.credits -= bought + given
        purse.bonus -= given
        purse.spent -= amount
        purse.counted -= amount
        purse.owed += wanted - bought

    @rule(who=st.integers(0, 9), amount=st.sampled_from((200, 500, 900, 2000)))
    def set_a_limit(self, who: int, amount: int) -> None:
        """Less holds at once; more waits a day, which none of these lives has."""
        _steps["limit"] += 1
        purse = self.purses[who % len(self.purses)]
        assert purse.viewer.account_id
        limits.set_limit(purse.viewer.account_id, "month", str(amount))
        purse.limit = amount if purse.limit is None else min(purse.limit, amount)

    @rule()
    def close(self) -> None:
        _steps["close"] += 1
        chats.close_quiet_chats(datetime.now(UTC) + timedelta(days=2))

    @rule(number=st.integers(0, 9), frozen=st.booleans())
    def freeze(self, number: int, frozen: bool) -> None:
        _steps["freeze"] += 1
        chat_id, talk = self._pick(number)
        talk.frozen = frozen
        _change("UPDATE chats SET is_frozen = :f WHERE id = :c", f=frozen, c=chat_id)

    @rule(who=st.integers(0, 9), banned=st.booleans())
    def ban(self, who: int, banned: bool) -> None:
        _steps["ban"] += 1
        purse = self.purses[who % len(self.purses)]
        purse.banned = banned
        _change(
            "UPDATE real_users SET is_banned = :b WHERE id = :u",
            b=banned,
            u=purse.viewer.account_id,
        )

    @rule(who=st.integers(0, 9), resting=st.booleans())
    def take_a_break(self, who: int, resting: bool) -> None:
        _steps["break"] += 1
        purse = self.purses[who % len(self.purses)]
        purse.resting = resting
        _change(
            "UPDATE real_users SET paused_until = CASE WHEN :r THEN now() + interval '1 day' END"
            " WHERE id = :u",
            r=resting,
            u=purse.viewer.account_id,
        )

    @rule(who=st.integers(0, 9), frozen=st.booleans())
    def freeze_spending(self, who: int, frozen: bool) -> None:
        """Free messages go on."""
        _steps["spending frozen"] += 1
        purse = self.purses[who % len(self.purses)]
        purse.frozen = frozen
        _change(
            "UPDATE real_users SET spending_frozen_reason = CASE WHEN :f THEN 'dispute' END"
            " WHERE id = :u",
            f=frozen,
            u=purse.viewer.account_id,
        )

    @invariant()
    def the_model_is_right(self) -> None:
        for purse in self.purses:
            row = _World.looker.execute(
                "SELECT credits, bonus_credits, total_messages_sent, total_spent, owed_credits"
                " FROM real_users WHERE id = %s",
                (purse.viewer.account_id,),
            ).fetchone()
            assert row == (purse.credits, purse.bonus, purse.sent, purse.spent, purse.owed)
            assert 0 <= purse.bonus <= purse.credits
        for chat_id, talk in self.talks.items():
            row = _World.looker.execute(
                "SELECT free_messages_used, paid_messages_count, total_credits_spent, message_count,"
                " waiting_since IS NOT NULL, (SELECT count(*) FROM messages WHERE chat_id = c.id),"
                " (SELECT coalesce(sum(amount), 0) FROM credit_transfers WHERE chat_id = c.id"
                "  AND kind = 'message_charge') FROM chats AS c WHERE id = %s",
                (chat_id,),
            ).fetchone()
            assert row == (
                talk.free, talk.paid, talk.spent, talk.total, talk.waiting, talk.total, talk.spent,
            )  # fmt: skip

    @invariant()
    def the_ledger_adds_up(self) -> None:
        assert credits.verify_ledger() == []

    @invariant()
    def nobody_can_rewrite_it(self) -> None:
        with pytest.raises(errors.RaiseException, match="refused 18 times"):
            _World.login.execute(_REWRITE)
        _World.login.rollback()

    def teardown(self) -> None:
        if hasattr(self, "operator"):
            _change("UPDATE operators SET is_available = false, availability_reason = 'offline'")
        db.session.remove()


def _each_kind_once() -> None:
    """A short life that meets every kind of step, whatever chance brings later."""
    machine = Ledger()

    def then(step: Callable[..., None], **values: object) -> None:
        step(**values)
        machine.the_model_is_right()
        machine.the_ledger_adds_up()
        machine.nobody_can_rewrite_it()

    then(machine.begin)
    then(machine.register)
    then(machine.send, number=0, times=4)
    then(machine.send_again, number=0)
    then(machine.change_the_price, price=3)
    then(machine.let_time_pass, evening=True)
    then(machine.send, number=0, times=1)
    then(machine.reply, number=0)
    then(machine.open_chat, who=0, character=1)
    then(machine.spend_all, number=0)
    then(machine.nobody_answers)
    then(machine.nobody_answers)
    then(machine.grant, who=0, amount=5)
    then(machine.buy, who=0)
    then(machine.refund, who=0, amount=40, end="failed")
    then(machine.refund, who=0, amount=40, end="processing")
    then(machine.refund, who=0, amount=75, end="success")
    then(machine.refund, who=0, amount=150, end="success")
    then(machine.buy_with_a_code, who=0, kind="percent", paid=True)
    then(machine.buy_with_a_code, who=0, kind="bonus", paid=True)
    then(machine.buy_with_a_code, who=0, kind="bonus", paid=False)
    then(machine.pay_something_else, who=0, paid=14_900)
    then(machine.pay_when_it_is_over, who=0)
    then(machine.send, number=0, times=2)
    then(machine.give_a_message_back, number=0)
    then(machine.freeze, number=0, frozen=True)
    then(machine.send, number=0, times=1)
    then(machine.ban, who=1, banned=True)
    then(machine.send, number=1, times=1)
    then(machine.ban, who=1, banned=False)
    then(machine.set_a_limit, who=0, amount=2000)
    then(machine.order, who=0, price=150)
    then(machine.set_a_limit, who=0, amount=200)
    then(machine.set_a_limit, who=0, amount=900)
    then(machine.order, who=0, price=400)
    then(machine.buy, who=0)
    then(machine.charge_back, who=0, resolution="declined")
    then(machine.spend_all, number=0)
    then(machine.charge_back, who=0, resolution="merchant-accepted")
    then(machine.buy, who=0)
    then(machine.freeze_spending, who=1, frozen=True)
    then(machine.send, number=1, times=4)
    then(machine.take_a_break, who=1, resting=True)
    then(machine.send, number=1, times=1)
    then(machine.close)
    then(machine.leave, who=0, unused="refund")
    then(machine.register)
    then(machine.buy, who=1)
    then(machine.leave, who=1, unused="forfeit")
    machine.teardown()


@pytest.fixture
def _world(
    shop: Flask, paystack: PaystackSimulator, place: Place, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setattr("fantooo.infra.clock.now", lambda: _World.now)
    _World.provider = paystack
    name = shop.config["SETTINGS"].database_url.split("@/")[1].split("?")[0]
    with (
        place.connect(name) as looker,
        psycopg.connect(host=place.sockets, user="fantooo_app", dbname=name) as login,
    ):
        _World.looker, _World.login = looker, login
        yield


def test_credits_follow_their_model(_world: None, full: bool) -> None:
    _steps.clear()
    _each_kind_once()
    run_state_machine_as_test(
        Ledger,
        settings=hypothesis_settings(
            max_examples=150 if full else 5,
            stateful_step_count=60 if full else 30,
            deadline=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
            # A failing life is told as it was found: shortening it takes minutes.
            phases=[Phase.explicit, Phase.generate],
            database=None,
        ),
    )
    print(f"\n[ledger] {sum(_steps.values())} steps: {dict(_steps)}")
    # Each kind of step was met, or the run has proven less than it says.
    assert {"send free", "send paid", "send without credits", "send refused", "repeat", "reply",
            "refund", "message back", "buy", "refund success", "refund failed", "refund processing",
            "refund too much", "price", "clock", "close", "freeze", "ban", "grant", "break",
            "spending frozen", "promo percent", "promo bonus", "leave refund",
            "leave forfeit", "dispute declined", "dispute merchant-accepted", "limit", "order",
            "order refused", "turned down", "paid late"} <= set(_steps)  # fmt: skip
