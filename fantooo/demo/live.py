"""Simulated operators and users, so that somebody who tries Fantooo alone gets answers and chats.

They use the services that people's pages use, at the pace of people, and each message of theirs says
that it is simulated: development only, where nobody takes it for the team.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID, uuid4

from sqlalchemy import select

from fantooo.demo import conversations, people
from fantooo.demo.characters import PERSONAS
from fantooo.domain.errors import FantoooError
from fantooo.domain.viewer import Viewer
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import Account, FictionalUser
from fantooo.queries import chats as chat_reads, inbox, operators as reads
from fantooo.services import chats, messages, operators

LABEL = "[simulated]"
#: an operator reads, thinks and types for so many seconds; a user comes back after so many
_ANSWERS_AFTER, _WRITES_AFTER = (3.0, 7.0), (20.0, 60.0)
_BEATS_EVERY = 20.0


@dataclass
class _Operator:
    viewer: Viewer
    name: str
    beats_at: float = 0.0
    #: when each chat that waits is answered
    answers_at: dict[UUID, float] = field(default_factory=dict)


@dataclass
class _User:
    viewer: Viewer
    name: str
    writes_at: float


class LiveDemo:
    """A few people of the demo world who answer and write by themselves; ``step`` moves them on.

    Those whose sign-ins are printed are left to whoever tries Fantooo.
    """

    def __init__(
        self,
        operator_count: int,
        user_count: int,
        tell: Callable[[str], None],
        rng: random.Random | None = None,
    ) -> None:
        self._tell = tell
        self._rng = rng or random.Random()
        team = [each.email for each in people.OPERATORS if each.email != people.DEMO_OPERATOR]
        names = people.user_names(user_count + 1)[1:]
        self._operators = [
            _Operator(Viewer(role="operator", account_id=account), login)
            for login, account in _accounts(team[:operator_count])
        ]
        self._users = [
            _User(Viewer(role="user", account_id=account), login, self._soon(_WRITES_AFTER))
            for login, account in _accounts(names)
        ]

    @property
    def size(self) -> tuple[int, int]:
        """How many operators and users there are."""
        return len(self._operators), len(self._users)

    def step(self, now: float) -> int:
        """Does what is due ``now``, in seconds since the start; returns how many messages went out."""
        return sum(self._work(each, now) for each in self._operators) + sum(
            self._write(each, now) for each in self._users if each.writes_at <= now
        )

    def end(self) -> None:
        """Sends the operators home; what they hold goes back to the queue."""
        for each in self._operators:
            with acting_as(each.viewer):
                operators.set_availability(_id(each), available=False, reason="offline")

    def _soon(self, seconds: tuple[float, float]) -> float:
        return self._rng.uniform(*seconds)

    def _work(self, operator: _Operator, now: float) -> int:
        sent = 0
        with acting_as(operator.viewer):
            if operator.beats_at == 0:
                operators.set_availability(_id(operator), available=True, reason="")
            if operator.beats_at <= now:
                operators.beat(_id(operator))
                operator.beats_at = now + _BEATS_EVERY
            waiting = [h for h in reads.held(_id(operator)) if h.waiting_seconds is not None]
            at = operator.answers_at
            operator.answers_at = {
                each.chat_id: at.get(each.chat_id) or now + self._soon(_ANSWERS_AFTER)
                for each in waiting
            }
            for each in waiting:
                if operator.answers_at[each.chat_id] <= now:
                    sent += self._answer(operator, each)
        return sent

    def _answer(self, operator: _Operator, held: reads.HeldChat) -> int:
        chat = chat_reads.get_chat(held.chat_id)
        try:
            chats.mark(chat.id, side="operator", read=chat.event_seq, delivered=chat.event_seq)
            messages.reply(
                chat_id=chat.id,
                operator_id=_id(operator),
                client_id=uuid4(),
                content=f"{LABEL} {self._line_of(held.character_name)}",
                assignment_number=chat.assignment_number,
                # What came meanwhile is seen by the next step.
                seen_seq=chat_reads.get_chat(chat.id).event_seq,
            )
        except FantoooError as error:
            self._tell(f"{operator.name} could not answer {held.user_name}: {error.message}")
            return 0
        self._tell(f"{operator.name} answered {held.user_name} as {held.character_name}")
        return 1

    def _write(self, user: _User, now: float) -> int:
        user.writes_at = now + self._soon(_WRITES_AFTER)
        with acting_as(user.viewer):
            chat_id, words = self._where(user)
            if chat_id is None:
                return 0
            try:
                messages.send(
                    chat_id=chat_id,
                    account_id=_id(user),
                    client_id=uuid4(),
                    content=f"{LABEL} {words}",
                    quote_token=messages.composer_of(chat_id, _id(user)).quote,
                )
            except FantoooError as error:
                self._tell(f"{user.name} could not write: {error.message}")
                return 0
        self._tell(f"{user.name} wrote")
        return 1

    def _where(self, user: _User) -> tuple[UUID | None, str]:
        """A chat of the user's that waits for nobody, or a new one, and what to write there."""
        quiet = [row.chat_id for row in inbox.rows(_id(user)) if not row.waiting]
        if quiet and self._rng.random() < 0.7:
            return self._rng.choice(quiet), self._rng.choice(conversations.LAST_WORDS)
        with unit_of_work() as work:
            known = list(
                work.session.scalars(
                    select(FictionalUser.id)
                    .where(FictionalUser.is_active, FictionalUser.deleted_at.is_(None))
                    .order_by(FictionalUser.id)
                )
            )
        if not known:
            return None, ""
        hello = self._rng.choice(conversations.HELLOS)
        return chats.open_chat(self._rng.choice(known), _id(user)), hello

    def _line_of(self, character: str) -> str:
        """Something that the character has said before."""
        persona = next((each for each in PERSONAS if each.name == character), None)
        threads = (persona.opening, *persona.threads) if persona else conversations.THREADS
        return self._rng.choice([answer for _said, answer in chain.from_iterable(threads)])


def _id(who: _Operator | _User) -> UUID:
    if who.viewer.account_id is None:
        raise TypeError(f"{who.name} is nobody")
    return who.viewer.account_id


def _accounts(logins: list[str]) -> list[tuple[str, UUID]]:
    """Those of the logins that exist, in their order."""
    with unit_of_work(as_system=True) as work:
        found = dict(
            work.session.execute(
                select(Account.login, Account.id).where(Account.login.in_(logins))
            ).all()
        )
    return [(login, found[login]) for login in logins if login in found]
