"""What users change about themselves on /me, each form on its own. Passwords are with accounts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from fantooo.domain import people as rules, text as text_rules
from fantooo.domain.errors import NotFound, ValidationError
from fantooo.domain.events import PersonChanged
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Chat, RealUser
from fantooo.services import places


@dataclass(frozen=True)
class Profile:
    """The profile form as typed."""

    display_name: str
    bio: str
    location: str
    looking_for: str


def save(user_id: UUID, form: Profile) -> None:
    """Keeps a profile. Raises ``ValidationError`` with the text for each field."""
    name = " ".join(text_rules.clean(form.display_name).split())
    bio = text_rules.clean(form.bio)
    found = {
        "display_name": rules.check_display_name(name),
        "bio": rules.check_bio(bio),
        "location": rules.check_location(form.location),
        "looking_for": "" if form.looking_for in rules.LOOKING_FOR else "Choose one",
    }
    _refuse(found)
    town = places.locate(form.location)
    with unit_of_work() as work:
        _change(
            work,
            user_id,
            display_name=name,
            bio=bio,
            location=town.location,
            latitude=town.latitude,
            longitude=town.longitude,
            looking_for=form.looking_for,
        )


def set_language(user_id: UUID, language: str) -> None:
    """In which language a user would like to be answered. Raises ``ValidationError``."""
    _refuse({"language": "" if language in rules.LANGUAGES else "Choose one"})
    with unit_of_work() as work:
        _change(work, user_id, language=language)


def set_theme(user_id: UUID, theme: str) -> None:
    """Keeps light, dark or the device's own theme with the account. Raises ``ValidationError``."""
    _refuse({"theme": "" if theme in rules.THEMES else "Choose one"})
    with unit_of_work() as work:
        work.session.execute(update(RealUser).where(RealUser.id == user_id).values(theme=theme))


def set_notifications(user_id: UUID, *, push: Collection[str], email: Collection[str]) -> None:
    """Of what a user wants to be told, and how; what is no notice of ours is left out."""
    with unit_of_work() as work:
        work.session.execute(
            update(RealUser)
            .where(RealUser.id == user_id)
            .values(
                notify_push=[kind for kind in rules.NOTICES if kind in push],
                notify_email=[kind for kind in rules.NOTICES if kind in email],
            )
        )


def set_privacy(user_id: UUID, *, show_online: bool, show_place: bool) -> None:
    """Whether operators see that a user has a page open, and their town. Holds at once."""
    with unit_of_work() as work:
        _change(work, user_id, show_online=show_online, show_place=show_place)


def _refuse(found: dict[str, str]) -> None:
    errors = {field: text for field, text in found.items() if text}
    if errors:
        raise ValidationError(errors)


def lock(work: UnitOfWork, user_id: UUID) -> None:
    """Locks a person's row, for what may happen only once at a time. Raises ``NotFound``."""
    there = select(RealUser.id).where(RealUser.id == user_id, RealUser.deleted_at.is_(None))
    if not work.session.scalar(there.with_for_update()):
        raise NotFound


def _change(work: UnitOfWork, user_id: UUID, **values: Any) -> None:
    """Writes what desks show, and tells those where a chat of this user is."""
    work.session.execute(update(RealUser).where(RealUser.id == user_id).values(**values))
    tell_desks(work, user_id)


def tell_desks(work: UnitOfWork, user_id: UUID) -> None:
    """Tells the desks where a chat of this user is that they are to look anew. Raises ``NotFound``."""
    shows_online = work.session.scalar(select(RealUser.show_online).where(RealUser.id == user_id))
    if shows_online is None:
        raise NotFound
    held_by = work.session.scalars(
        select(Chat.assigned_operator_id)
        .where(Chat.real_user_id == user_id, Chat.assigned_operator_id.is_not(None))
        .distinct()
    )
    operators = tuple(operator for operator in held_by if operator is not None)
    work.emit(PersonChanged(user_id, operators, shows_online))
