"""What users think of characters: favourites, profiles looked at, and ratings of chats."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, func
from sqlalchemy.dialects.postgresql import insert

from fantooo.domain.errors import ValidationError
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import ChatRating, Favorite, ProfileView
from fantooo.queries import characters, chats


def set_favorite(character_id: UUID, user_id: UUID, *, on: bool) -> None:
    """Keeps a character among the user's favourites, or not. Twice is the same as once.

    Raises ``NotFound`` for a character this user may not see.
    """
    with unit_of_work() as work:
        if not on:
            work.session.execute(
                delete(Favorite).where(
                    Favorite.real_user_id == user_id, Favorite.fictional_user_id == character_id
                )
            )
            return
        characters.get(character_id, published_only=False)
        work.session.execute(
            insert(Favorite)
            .values(real_user_id=user_id, fictional_user_id=character_id)
            .on_conflict_do_nothing()
        )


# Made once: each profile that is opened asks for it.
_VIEW = (
    insert(ProfileView)
    .values(
        real_user_id=bindparam("real_user_id", type_=Uuid()),
        fictional_user_id=bindparam("fictional_user_id", type_=Uuid()),
    )
    .on_conflict_do_update(
        index_elements=["real_user_id", "fictional_user_id"], set_={"viewed_at": func.now()}
    )
)


def note_view(character_id: UUID, user_id: UUID) -> None:
    """Remembers that the user looked at a profile, for "recently viewed"."""
    with unit_of_work() as work:
        work.session.execute(_VIEW, {"real_user_id": user_id, "fictional_user_id": character_id})


def rate(chat_id: UUID, user_id: UUID, *, stars: int) -> None:
    """Rates a chat with one to five stars; the last word counts.

    Raises ``ChatNotFound``, ``ValidationError`` for other numbers, or when nobody has answered yet.
    """
    if not 1 <= stars <= 5:
        raise ValidationError({"stars": "Choose one to five stars."})
    with unit_of_work() as work:
        chat = chats.get_chat(chat_id)
        if not chat.has_reply:
            raise ValidationError({"stars": "You can rate a chat once somebody has answered."})
        work.session.execute(
            insert(ChatRating)
            .values(
                chat_id=chat_id,
                real_user_id=user_id,
                fictional_user_id=chat.character_id,
                stars=stars,
            )
            .on_conflict_do_update(
                index_elements=["chat_id"],
                set_={"stars": stars, "rated_at": datetime.now(UTC)},
            )
        )
