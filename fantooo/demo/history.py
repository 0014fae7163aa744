"""Sixty days of conversations: who wrote to whom, when, and how each chat stands now."""

from __future__ import annotations

import math
import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from fantooo.demo import conversations
from fantooo.demo.characters import Exchange
from fantooo.demo.world import DAYS, Cast, User, World
from fantooo.domain import pricing
from fantooo.domain.pricing import EAT
from fantooo.models import Chat, ChatAssignment, Message
from fantooo.queries import settings

#: chats that wait for an answer, and chats answered a moment ago
_WAITING, _LIVELY = 6, 8
#: how likely people write in each hour of the day, EAT
_HOURS = (5, 2, 1, 0, 0, 1, 3, 6, 7, 5, 5, 5, 9, 9, 6, 5, 7, 11, 16, 22, 26, 27, 21, 12)
#: what the other side of somebody's wish is called
_WISH = {"female": ("female",), "male": ("male",), "both": ("female", "male", "other")}


def write(
    world: World, users: list[User], operators: list[UUID], cast: list[Cast], count: int
) -> list[UUID]:
    """Adds ``count`` chats with all that belongs to them; returns those that wait for an answer."""
    waiting = [
        chat.id
        for chat in (
            *_of_demo(world, users[0], cast, count),
            *_of_others(world, users[1:], cast, count),
        )
        if _finish(world, chat, operators)
    ]
    # In the order of their ids, so that the indexes grow at one end only.
    world.rows[Message].sort(key=lambda row: row["id"].int)
    return waiting


@dataclass
class _Chat:
    """One conversation being made: what was said at each sitting, and when."""

    id: UUID
    user: User
    character: Cast
    said: list[list[Exchange]]
    moments: list[list[datetime]]
    waits_since: datetime | None = None
    unread: bool = False
    sent: dict[str, list[tuple[int, datetime]]] = field(
        default_factory=lambda: {"real": [], "fictional": []}
    )


def _of_demo(world: World, demo: User, cast: list[Cast], count: int) -> list[_Chat]:
    """The demo user's own: free messages used up with two characters, an unread answer of a third."""
    by_slug = {one.persona.slug: one for one in cast}
    plan = (("amani", 3, timedelta(hours=20), False), ("kofi", 2, timedelta(hours=3), True),
            ("nadia", 3, timedelta(hours=51), False))  # fmt: skip
    made = []
    for slug, exchanges, ago, unread in plan[:count]:
        character = by_slug[slug]
        said = [list(character.persona.opening[:exchanges])]
        made.append(_laid_out(world, demo, character, said, [world.now - ago], unread=unread))
    return made


def _of_others(world: World, users: list[User], cast: list[Cast], count: int) -> list[_Chat]:
    rng, made = world.rng, []
    for index, (user, character) in enumerate(_pairs(rng, users, cast, count - 3)):
        waits, lively = index < _WAITING, _WAITING <= index < _WAITING + _LIVELY
        waits_since = world.now - timedelta(seconds=rng.randint(20, 140)) if waits else None
        if waits_since:
            end = waits_since - rng.choice(
                (timedelta(minutes=4), timedelta(hours=5), timedelta(days=2))
            )
        elif lively:
            end = world.now - timedelta(minutes=rng.randint(2, 25))
        else:
            end = _evening(
                rng, world.now - timedelta(days=DAYS * 0.95 * rng.random() ** 1.5), world.now
            )
        ends = _sittings(rng, end, world.now - timedelta(days=DAYS - 1))
        said = list(conversations.sittings(character.persona, user.username, rng, len(ends)))
        made.append(
            _laid_out(world, user, character, said, ends, waits_since,
                      unread=not waits and rng.random() < (0.5 if lively else 0.16))
        )  # fmt: skip
    return made


def _pairs(
    rng: random.Random, users: list[User], cast: list[Cast], count: int
) -> list[tuple[User, Cast]]:
    """Who writes to whom: busy people and popular characters more often, mostly as people wish."""
    count = min(count, len(users) * len(cast))
    busy = [rng.lognormvariate(0, 0.7) for _ in users]
    popular = [one.persona.popularity**2.5 for one in cast]
    found: dict[tuple[UUID, UUID], tuple[User, Cast]] = {}
    for _ in range(count * 12):
        if len(found) == count:
            break
        user, one = rng.choices(users, busy)[0], rng.choices(cast, popular)[0]
        if one.persona.gender in _WISH[user.looking_for] or rng.random() < 0.12:
            found.setdefault((user.id, one.id), (user, one))
    left = [(u, c) for u in users for c in cast if (u.id, c.id) not in found]
    return [*found.values(), *rng.sample(left, count - len(found))]


def _evening(rng: random.Random, day: datetime, now: datetime) -> datetime:
    """A moment of that day as people choose it, at least 40 minutes ago."""
    local = day.astimezone(EAT).replace(
        hour=rng.choices(range(24), _HOURS)[0], minute=rng.randrange(60), second=rng.randrange(60)
    )
    while local > now - timedelta(minutes=40):
        local -= timedelta(hours=rng.randint(3, 20))
    return local.astimezone(day.tzinfo)


def _sittings(rng: random.Random, end: datetime, earliest: datetime) -> list[datetime]:
    """When each sitting ended, oldest first; the last one at ``end``."""
    ends = [end]
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 4))):
        before = _evening(rng, ends[0] - timedelta(days=rng.choice((0, 1, 1, 2, 3, 5, 8))), ends[0])
        if before > ends[0] - timedelta(hours=2):
            before -= timedelta(days=1)
        if before < earliest:
            break
        ends.insert(0, before)
    return ends


def _usual_seconds(character: Cast) -> float:
    """How long people wait for this character, mostly: 20 seconds to four minutes."""
    return 20 * 12 ** random.Random(character.persona.slug).random()


def _answers_after(rng: random.Random, usual: float) -> int:
    return int(min(480, max(8, rng.lognormvariate(math.log(usual), 0.5))))


def _laid_out(
    world: World,
    user: User,
    character: Cast,
    said: list[list[Exchange]],
    ends: list[datetime],
    waits_since: datetime | None = None,
    *,
    unread: bool = False,
) -> _Chat:
    """Gives each line its moment: answers after seconds, the next message after a thought."""
    moments, usual = [], _usual_seconds(character)
    for lines, end in zip(said, ends, strict=True):
        pauses = [
            pause
            for _ in lines
            for pause in (world.rng.randint(20, 150), _answers_after(world.rng, usual))
        ]
        at, back = end, []
        for pause in reversed(pauses):
            back.append(at)
            at -= timedelta(seconds=pause)
        moments.append(back[::-1])
    began = moments[0][0] - timedelta(seconds=40)
    return _Chat(world.id_at(began), user, character, said, moments, waits_since, unread)


def _finish(world: World, chat: _Chat, operators: list[UUID]) -> bool:
    """Adds the chat's rows; says whether it waits for an answer."""
    operator_id = world.rng.choice(operators)
    totals = {"free": 0, "paid": 0, "spent": 0}
    seq, message_id = 0, chat.id
    for number, (lines, moments) in enumerate(zip(chat.said, chat.moments, strict=True), start=1):
        if world.rng.random() < 0.35:
            operator_id = world.rng.choice(operators)
        sides = [side for pair in lines for side in zip(("real", "fictional"), pair, strict=True)]
        for (side, text), moment in zip(sides, moments, strict=True):
            seq += 1
            message_id = _message(world, chat, seq, side, text, moment, operator_id, totals)
        world.add(
            ChatAssignment,
            id=world.id_at(moments[0] + timedelta(seconds=2)),
            chat_id=chat.id,
            operator_id=operator_id,
            number=number,
            routing_reason="demo",
            assigned_at=moments[0] + timedelta(seconds=2),
            first_reply_at=moments[1],
            first_reply_seconds=int((moments[1] - moments[0]).total_seconds()),
            replies=len(lines),
            ended_at=min(moments[-1] + timedelta(minutes=5), world.now),
            end_reason="closed",
        )
    if chat.waits_since:
        text = world.rng.choice(conversations.LAST_WORDS)
        message_id = _message(
            world, chat, seq + 1, "real", text, chat.waits_since, operator_id, totals
        )
    _stands(world, chat, operator_id, message_id, totals)
    return chat.waits_since is not None


def _message(
    world: World,
    chat: _Chat,
    seq: int,
    side: str,
    text: str,
    moment: datetime,
    operator_id: UUID,
    totals: dict[str, int],
) -> UUID:
    """Adds one message and, where it was paid, its charge."""
    message_id, ours = world.id_at(moment), side == "fictional"
    charge, is_free = 0, False
    if not ours:
        price = pricing.message_price(
            content_type="text", free_used=totals["free"], tier="free",
            featured=chat.character.persona.featured, moment=moment, settings=settings.current(),
        )  # fmt: skip
        charge, is_free = price.credits, price.is_free
        chat.user.sent += 1
        chat.user.last_sent_at = max(moment, chat.user.last_sent_at or moment)
        totals["free"] += is_free
        totals["paid"] += charge > 0
        totals["spent"] += charge
    world.add(
        Message, id=message_id, chat_id=chat.id, seq=seq, changed_seq=seq, sender_type=side,
        content=text, content_type="text",
        client_id=uuid.UUID(int=world.rng.getrandbits(128), version=4),
        handled_by_operator_id=operator_id if ours else None, is_free_message=is_free,
        credits_charged=charge, created_at=moment,
    )  # fmt: skip
    if charge:
        chat.user.charges.append(
            {
                "amount": charge, "cause_id": message_id, "chat_id": chat.id,
                "price_factors": price.factors(), "created_at": moment,
            }
        )  # fmt: skip
    chat.sent[side].append((seq, moment))
    return message_id


def _stands(
    world: World, chat: _Chat, operator_id: UUID, last_message_id: UUID, totals: dict[str, int]
) -> None:
    """Adds the chat as it stands now."""
    last = {side: sent[-1] for side, sent in chat.sent.items()}
    newest, ended = max(last.values())
    began = chat.moments[0][0]
    waits = chat.waits_since is not None
    quiet = world.now - ended
    status = "active"
    if not waits and quiet > timedelta(hours=24):
        status = "closed"
    elif not waits and quiet > timedelta(minutes=30):
        status = "idle"
    answered = last["fictional"][0]
    read_by_user = answered - 1 if chat.unread else newest
    world.add(
        Chat,
        id=chat.id,
        real_user_id=chat.user.id,
        fictional_user_id=chat.character.id,
        status=status,
        closed_at=ended + timedelta(hours=24) if status == "closed" else None,
        close_reason="inactivity" if status == "closed" else None,
        assignment_count=len(chat.said),
        last_operator_id=operator_id,
        # Reading is an event of its own, after the message.
        event_seq=newest + 1,
        user_read_seq=read_by_user,
        user_delivered_seq=read_by_user,
        operator_read_seq=answered,
        operator_delivered_seq=answered,
        replies_in_row=0 if waits else 1,
        waiting_since=chat.waits_since,
        first_message_at=began,
        last_message_at=ended,
        last_message_id=last_message_id,
        last_user_message_at=last["real"][1],
        last_fictional_message_at=last["fictional"][1],
        last_user_seq=last["real"][0],
        last_fictional_seq=answered,
        message_count=newest,
        free_messages_used=totals["free"],
        paid_messages_count=totals["paid"],
        total_credits_spent=totals["spent"],
        created_at=began - timedelta(seconds=40),
    )
