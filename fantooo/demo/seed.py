"""Fills an empty database with the demo world, in which every credit adds up."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update

from fantooo.demo import conversations, history, likes, people, portraits, wallets
from fantooo.demo.characters import PERSONAS
from fantooo.demo.world import DAYS, Cast, User, World
from fantooo.domain.viewer import DEFAULT_PERMISSIONS
from fantooo.infra import storage
from fantooo.infra.passwords import hash_password
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import (
    Account,
    Admin,
    Chat,
    ChatAssignment,
    Consent,
    CreditTransfer,
    FictionalUser,
    Message,
    Operator,
    ProfileNote,
    RealUser,
    Transaction,
)
from fantooo.services import assignment, derived, partitions, pictures

#: rows a statement
_CHUNK = 5000


@dataclass(frozen=True)
class Size:
    """How large the demo world is. ``users`` counts the demo user."""

    characters: int = len(PERSONAS)
    users: int = 200
    operators: int = len(people.OPERATORS)
    chats: int = 1500


def is_empty() -> bool:
    """Whether there is no character yet."""
    with unit_of_work(as_system=True) as work:
        return not work.session.scalar(select(func.count()).select_from(FictionalUser))


def renew_pictures() -> int:
    """Gives the demo's characters the pictures as they are drawn now; returns how many it drew.

    Only those that stand for a character are drawn at once, the rest is left to the job. What is
    missing in the storage counts as not drawn.
    """
    kept = storage.media()
    pictures.retract_missing()
    with unit_of_work(as_system=True) as work:
        before = _drawn_characters(work)
        for slug in before:
            pictures.add(work, portraits.names(slug), portraits.WIDTH, portraits.HEIGHT)
    ready = pictures.ready()
    first = [portraits.names(slug)[0] for slug in before]
    with portraits.drawing(kept, [name for name in first if not ready[name]]) as made:
        pass
    pictures.announce(made)
    replaced = {slug: old for slug, old in before.items() if old != portraits.names(slug)}
    with unit_of_work(as_system=True) as work:
        for slug in replaced:
            work.session.execute(
                update(FictionalUser)
                .where(FictionalUser.slug == slug)
                .values(profile_pictures=portraits.names(slug))
            )
        gone = [
            # Names were numbers once.
            f"characters/{slug}/{name}" if name.isdigit() else name
            for slug, old in replaced.items()
            for name in set(old) - set(portraits.names(slug))
        ]
        pictures.remove(work, gone)
    pictures.remove_files(gone)
    return len(made)


def _drawn_characters(work: UnitOfWork) -> dict[str, list[str]]:
    """The demo's characters whose pictures are drawings, by slug: the names they have."""
    rows = work.session.execute(
        select(FictionalUser.slug, FictionalUser.profile_pictures).where(
            FictionalUser.slug.in_([persona.slug for persona in PERSONAS])
        )
    )
    return {
        slug: names
        for slug, names in rows
        if all(name.isdigit() or portraits.is_drawn(name) for name in names)
    }


def plant(size: Size, *, seed: int = 7) -> None:
    """Makes characters with pictures, people of all roles and their conversations.

    Of each character one picture is drawn; a job draws the others.

    The same ``seed`` makes the same world, relative to now.
    """
    personas = PERSONAS[: size.characters]
    first = [portraits.names(persona.slug)[0] for persona in personas]
    with portraits.drawing(storage.media(), first) as made:
        world = World(random.Random(seed), datetime.now(UTC).replace(microsecond=0))
        partitions.ensure((world.now - timedelta(days=DAYS + 31)).date(), 7)
        password_hash = hash_password(people.PASSWORD)
        with unit_of_work(as_system=True) as work:
            cast = [_character(world, number) for number in range(len(personas))]
            operators = [
                _operator(world, person, password_hash)
                for person in people.OPERATORS[: size.operators]
            ]
            _admin(world, password_hash)
            users = _users(world, size.users)
            waiting = history.write(world, users, operators, cast, size.chats)
            wallets.write(world, users, password_hash)
            _notes(world, users, operators)
            _write(work, world)
            for persona in personas:
                names = portraits.names(persona.slug)
                pictures.add(work, names, portraits.WIDTH, portraits.HEIGHT)
            for chat_id in waiting:
                assignment.enqueue(work, work.session.get_one(Chat, chat_id))
        likes.write(world, users, cast)
        derived.recompute_totals(world.now)
    pictures.announce(made)


def _write(work: UnitOfWork, world: World) -> None:
    order = (
        Account, RealUser, Operator, Admin, FictionalUser, Consent, Chat, Message, ChatAssignment,
        Transaction, CreditTransfer, ProfileNote,
    )  # fmt: skip
    for model in order:
        # Rows of one statement need the same columns.
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in world.rows[model]:
            alike[tuple(row)].append(row)
        for columns, rows in alike.items():
            for start in range(0, len(rows), _CHUNK):
                _insert(work, model.__tablename__, columns, rows[start : start + _CHUNK])


def _insert(
    work: UnitOfWork, table: str, columns: tuple[str, ...], rows: list[dict[str, Any]]
) -> None:
    """One statement for many rows; four times as fast as one each (COPY knows no row security)."""
    names = ", ".join(columns)
    work.session.execute(
        text(
            f"INSERT INTO {table} ({names}) SELECT {names}"  # noqa: S608 (names of our own columns)
            f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
        ),
        {"rows": json.dumps(rows, default=str)},
    )


def _character(world: World, number: int) -> Cast:
    persona = PERSONAS[number]
    made = Cast(world.id_at(world.now - timedelta(days=DAYS + 20, minutes=-number)), persona)
    world.add(
        FictionalUser,
        id=made.id,
        slug=persona.slug,
        name=persona.name,
        age=persona.age,
        gender=persona.gender,
        location=persona.location,
        tagline=persona.tagline,
        bio=persona.bio,
        personality_traits=list(persona.traits),
        interests=list(persona.interests),
        occupation=persona.occupation,
        education=persona.education,
        relationship_status=persona.status,
        profile_pictures=portraits.names(persona.slug),
        response_style=persona.style,
        response_templates=persona.templates,
        personality_guidelines=persona.guidelines,
        tags=list(persona.tags),
        category=persona.category,
        popularity_score=persona.popularity,
        is_featured=persona.featured,
    )
    return made


def _operator(world: World, person: people.DemoOperator, password_hash: str) -> UUID:
    operator_id = _staff(world, "operator", person.email, password_hash, DAYS + 30)
    world.add(
        Operator,
        id=operator_id,
        name=person.name,
        email=person.email,
        skill_level=person.skill_level,
        languages=list(person.languages),
        specializations=list(person.specializations),
        quality_score=Decimal(world.rng.randint(86, 99)),
    )
    return operator_id


def _admin(world: World, password_hash: str) -> None:
    admin_id = _staff(world, "admin", people.DEMO_ADMIN, password_hash, DAYS + 40)
    world.add(
        Admin,
        id=admin_id,
        name="Ada Mwangi",
        email=people.DEMO_ADMIN,
        role="super_admin",
        permissions=dict.fromkeys(sorted(DEFAULT_PERMISSIONS["super_admin"]), True),
    )


def _staff(world: World, role: str, login: str, password_hash: str, days_ago: int) -> UUID:
    began = world.now - timedelta(days=days_ago)
    account_id = world.id_at(began)
    world.add(
        Account,
        id=account_id,
        role=role,
        login=login,
        password_hash=password_hash,
        created_at=began,
    )
    return account_id


def _users(world: World, count: int) -> list[User]:
    made = []
    for name in people.user_names(count):
        days = DAYS if name == people.DEMO_USER else world.rng.randint(2, DAYS)
        joined = world.now - timedelta(days=days, minutes=world.rng.randint(60, 600))
        gender = world.rng.choice(("male", "male", "female", "other"))
        wish = {
            "male": ("female", "female", "female", "both"),
            "female": ("male", "male", "both", "female"),
        }
        looking_for = world.rng.choice(wish.get(gender, ("both", "female", "male")))
        if name == people.DEMO_USER:
            looking_for = "both"
        made.append(User(world.id_at(joined), name, joined, gender, looking_for))
    return made


def _notes(world: World, users: list[User], operators: list[UUID]) -> None:
    known = users[1:]
    for user in world.rng.sample(known, min(len(known), max(2, len(known) // 4))):
        world.add(
            ProfileNote,
            real_user_id=user.id,
            content=world.rng.choice(conversations.NOTES),
            updated_by=world.rng.choice(operators),
        )
