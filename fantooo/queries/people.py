"""People as others may see them: one's own profile, and the panels of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Uuid, bindparam, func, select
from sqlalchemy.orm import Bundle, aliased

from fantooo.domain import devices
from fantooo.domain.errors import NotFound
from fantooo.domain.limits import paused_until
from fantooo.domain.people import age_on
from fantooo.domain.pricing import EAT
from fantooo.extensions import db
from fantooo.infra import clock, crypto
from fantooo.models import (
    Chat,
    ChatAssignment,
    FictionalUser,
    Message,
    MessageDraft,
    ProfileNote,
    RealUser,
    Session,
)
from fantooo.queries import photos
from fantooo.queries.characters import Character, character, columns
from fantooo.queries.chats import ChatView
from fantooo.queries.inbox import count_unread
from fantooo.queries.pictures import Picture

_MORE_THAN_A_WORD = 8


@dataclass(frozen=True)
class Me:
    """A user's own profile."""

    display_name: str
    username: str
    age: int
    gender: str
    looking_for: str
    location: str
    bio: str
    language: str
    theme: str | None
    #: empty when none was given
    email: str
    email_confirmed: bool
    #: its mail server would not take our last letter
    email_refused: bool
    notify_push: list[str]
    notify_email: list[str]
    show_online: bool
    show_place: bool
    user_tier: str
    credits: int
    bonus_credits: int
    member_since: datetime
    on_a_break_until: datetime | None
    spending_frozen: bool
    #: for the navigation, so that a page asks once
    unread_chats: int


@dataclass(frozen=True)
class SessionView:
    """A browser that is signed in to one's account."""

    id: UUID
    device: str
    last_seen: datetime
    is_this: bool


@dataclass(frozen=True)
class RealUserPanel:
    """What the operator of a chat sees of its user."""

    id: UUID
    display_name: str
    age: int
    gender: str
    #: empty when the person keeps it to themselves
    location: str
    bio: str
    language: str
    user_tier: str
    show_online: bool
    member_since: datetime
    #: the one that stands for the person first
    photos: list[Picture]


_USER: ColumnElement[UUID] = bindparam("user_id", type_=Uuid())
_SEEKER = select(RealUser.looking_for, count_unread(_USER).scalar_subquery().label("unread")).where(
    RealUser.id == _USER
)


@dataclass(frozen=True)
class Seeker:
    """Whom a user looks for (male, female or both), and how many chats hold something unread."""

    looking_for: str = "both"
    unread_chats: int = 0


@dataclass(frozen=True)
class NoteView:
    """A staff note. Version 0 means that there is none yet."""

    content: str = ""
    version: int = 0
    saved_at: datetime | None = None


@dataclass(frozen=True)
class Template:
    """A prepared text, and whether this user has had it already."""

    key: str
    text: str
    was_said: bool = False


@dataclass(frozen=True)
class Desk:
    """The user on the left, the character and how it is played on the right, what was typed."""

    user: RealUserPanel
    character: Character
    guidelines: str
    templates: list[Template]
    real_note: NoteView
    fictional_note: NoteView
    draft: str
    #: why the chat was given to this operator
    routing_reason: str
    #: what it is answered in: an operator's choice, else the person's own
    language: str


def own_profile(user_id: UUID) -> Me:
    """The signed-in user's own profile. Raises ``NotFound``."""
    found = db.session.execute(
        select(RealUser, count_unread(user_id).scalar_subquery()).where(RealUser.id == user_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    user, unread = found
    return Me(
        display_name=user.display_name,
        username=user.username,
        age=age_on(clock.now().astimezone(EAT).date(), user.age, user.age_given_on),
        gender=user.gender,
        looking_for=user.looking_for,
        location=user.location,
        bio=user.bio,
        language=user.language,
        theme=user.theme,
        email=crypto.unseal(user.email_sealed) if user.email_sealed else "",
        email_confirmed=user.email_confirmed_at is not None,
        email_refused=user.email_refused_at is not None,
        notify_push=user.notify_push,
        notify_email=user.notify_email,
        show_online=user.show_online,
        show_place=user.show_place,
        user_tier=user.user_tier,
        credits=user.credits,
        bonus_credits=user.bonus_credits,
        member_since=user.created_at,
        on_a_break_until=paused_until(
            user.paused_until, user.self_excluded_until, datetime.now(UTC)
        ),
        spending_frozen=user.spending_frozen_reason is not None,
        unread_chats=unread,
    )


def seeker(user_id: UUID) -> Seeker:
    """What the list of characters wants to know of the user who reads it."""
    row = db.session.execute(_SEEKER, {"user_id": user_id}).one_or_none()
    return Seeker(row.looking_for, row.unread) if row else Seeker()


def theme(user_id: UUID) -> str | None:
    """The theme a user chose anywhere, or None."""
    return db.session.scalar(select(RealUser.theme).where(RealUser.id == user_id))


def own_sessions(account_id: UUID, this: UUID | None) -> list[SessionView]:
    """Where an account is signed in: this browser first, then the one used last."""
    rows = db.session.execute(
        select(Session.id, Session.user_agent, Session.last_seen_at)
        .where(Session.account_id == account_id, Session.expires_at > func.now())
        .order_by((Session.id == this).desc(), Session.last_seen_at.desc(), Session.id)
    )
    return [
        SessionView(row.id, devices.describe(row.user_agent), row.last_seen_at, row.id == this)
        for row in rows
    ]


def panel(user_id: UUID) -> RealUserPanel:
    """What the operator of a chat sees of its user. Raises ``NotFound``."""
    row = db.session.execute(select(*_panel_columns()).where(RealUser.id == user_id)).one_or_none()
    if row is None:
        raise NotFound
    return _panel(row)


def desk(chat: ChatView, operator_id: UUID) -> Desk:
    """All that stands around the conversation at the desk, in one read. Raises ``NotFound``."""
    about_user, about_character = aliased(ProfileNote), aliased(ProfileNote)
    row = db.session.execute(
        select(
            Bundle("person", *_panel_columns()),
            Bundle("character", *columns()),
            FictionalUser.personality_guidelines,
            FictionalUser.response_templates,
            _said(chat.id).label("said"),
            Bundle("about_user", *_note_columns(about_user)),
            Bundle("about_character", *_note_columns(about_character)),
            MessageDraft.content.label("draft"),
            ChatAssignment.routing_reason,
            Chat.language,
        )
        .select_from(RealUser)
        .join(FictionalUser, FictionalUser.id == chat.character_id)
        .join(Chat, Chat.id == chat.id)
        .outerjoin(about_user, about_user.real_user_id == RealUser.id)
        .outerjoin(about_character, about_character.fictional_user_id == FictionalUser.id)
        .outerjoin(
            MessageDraft,
            (MessageDraft.chat_id == chat.id) & (MessageDraft.account_id == operator_id),
        )
        .outerjoin(
            ChatAssignment,
            (ChatAssignment.chat_id == chat.id) & ChatAssignment.ended_at.is_(None),
        )
        .where(RealUser.id == chat.real_user_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Desk(
        user=_panel(row.person),
        character=character(row.character),
        guidelines=row.personality_guidelines,
        templates=[
            Template(key, str(text), key in (row.said or ()))
            for key, text in row.response_templates.items()
        ],
        real_note=_note(row.about_user),
        fictional_note=_note(row.about_character),
        draft=row.draft or "",
        routing_reason=row.routing_reason or "",
        language=row.language or row.person.language,
    )


def _said(chat_id: UUID) -> ScalarSelect[Any]:
    """The keys of those templates that were sent in a chat; the page marks those it sees being sent."""
    each = func.jsonb_each_text(FictionalUser.response_templates).table_valued("key", "value")
    # What stands before the first variable is enough to recognise one, if it is more than a word.
    named = func.replace(each.c.value, "{name}", RealUser.display_name)
    begin = func.btrim(func.split_part(named, "{", 1))
    was_sent = (
        select(Message.id)
        .where(
            Message.chat_id == chat_id,
            Message.sender_type == "fictional",
            func.strpos(Message.content, begin) > 0,
        )
        .correlate(each, RealUser)
        .exists()
    )
    return (
        select(func.array_agg(each.c.key))
        .select_from(each)
        .where(func.length(begin) > _MORE_THAN_A_WORD, was_sent)
        .correlate(FictionalUser, RealUser)
        .scalar_subquery()
    )


def _panel_columns() -> tuple[Any, ...]:
    return (
        RealUser.id,
        RealUser.display_name,
        RealUser.age,
        RealUser.age_given_on,
        RealUser.gender,
        RealUser.location_shown,
        RealUser.bio,
        RealUser.language,
        RealUser.user_tier,
        RealUser.show_online,
        RealUser.created_at,
        photos.of_person().label("photos"),
    )


def _panel(person: Any) -> RealUserPanel:
    today = clock.now().astimezone(EAT).date()
    return RealUserPanel(
        id=person.id,
        display_name=person.display_name,
        age=age_on(today, person.age, person.age_given_on),
        gender=person.gender,
        location=person.location_shown,
        bio=person.bio,
        language=person.language,
        user_tier=person.user_tier,
        show_online=person.show_online,
        member_since=person.created_at,
        photos=photos.read(person.photos),
    )


def _note_columns(note: Any) -> tuple[Any, ...]:
    return (note.content, note.version, note.updated_at)


def _note(row: Any) -> NoteView:
    return NoteView() if row.version is None else NoteView(row.content, row.version, row.updated_at)
