"""What the people of the demo world think of characters: favourites, and stars for chats.

Each is written by whoever thinks so, because nobody else may.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from fantooo.demo import people
from fantooo.demo.world import Cast, User, World
from fantooo.domain.viewer import Viewer
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import Chat, ChatRating, Favorite

#: the demo user's own, so that the page of favourites can be seen
_OF_DEMO = ("amani", "kofi", "zawadi", "temi")
#: chats with so many messages are worth some stars to every third who had one
_WORTH_STARS = 6


def write(world: World, users: list[User], cast: list[Cast]) -> None:
    """Writes favourites and ratings of users and chats that are in the database already."""
    by_id = {one.id: one for one in cast}
    # What people give a character, mostly.
    charm = {one.id: world.rng.choice((5, 5, 4)) for one in cast}
    chats: dict[UUID, list[dict[str, Any]]] = {}
    for chat in world.rows[Chat]:
        chats.setdefault(chat["real_user_id"], []).append(chat)
    for user in users:
        theirs = chats.get(user.id, [])
        favorites = _favorites(
            world, user, [by_id[chat["fictional_user_id"]] for chat in theirs], cast
        )
        ratings = [_rating(world, chat, charm) for chat in theirs if _is_rated(world, chat)]
        if not favorites and not ratings:
            continue
        viewer = Viewer(role="user", account_id=user.id)
        with acting_as(viewer), unit_of_work() as work:
            for model, rows in ((Favorite, favorites), (ChatRating, ratings)):
                if rows:
                    work.session.execute(insert(model), rows)


def _favorites(world: World, user: User, met: list[Cast], cast: list[Cast]) -> list[dict[str, Any]]:
    if user.username == people.DEMO_USER:
        chosen = [one for one in cast if one.persona.slug in _OF_DEMO]
    else:
        chosen = [one for one in met if world.rng.random() < 0.35]
    return [
        {
            "real_user_id": user.id,
            "fictional_user_id": one.id,
            "created_at": _since(world, user.joined),
        }
        for one in chosen
    ]


def _is_rated(world: World, chat: dict[str, Any]) -> bool:
    return chat["message_count"] >= _WORTH_STARS and world.rng.random() < 0.33


def _rating(world: World, chat: dict[str, Any], charm: dict[UUID, int]) -> dict[str, Any]:
    usual = charm[chat["fictional_user_id"]]
    return {
        "chat_id": chat["id"],
        "real_user_id": chat["real_user_id"],
        "fictional_user_id": chat["fictional_user_id"],
        "stars": min(5, max(1, usual + world.rng.choices((-2, -1, 0, 1), (1, 3, 10, 5))[0])),
        "rated_at": chat["last_message_at"],
    }


def _since(world: World, moment: datetime) -> datetime:
    """Some moment between that one and now."""
    return moment + timedelta(seconds=world.rng.random() * (world.now - moment).total_seconds())
