"""Finding characters: filters, words with misspellings, orders, and pages by the last one shown."""

from __future__ import annotations

import base64
import binascii
import difflib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app
from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Numeric,
    Select,
    Text,
    Uuid,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from fantooo.domain.finding import Wishes
from fantooo.extensions import db
from fantooo.infra.database import current_viewer
from fantooo.models import Favorite, FictionalUser as F, ProfileView, SearchTerm
from fantooo.models.characters import NO_RESPONSE_TIME
from fantooo.queries.characters import CharacterCard, card, card_columns, published

_T = TypeVar("_T")

PAGE_SIZE = 24
_CHOICES = 48
_KEPT_SECONDS = 60.0
#: so many words much like a typed one are looked for in its place
_ALIKE = 12
#: how many words are compared letter by letter, how many are taken for each, and how like they must be
_CLOSE_WORDS, _MOST_CLOSE, _CLOSE = 3, 5, 0.6
#: what a name counts where nobody is all of it, beside what any word does: who types one means somebody
_NAMED = 1.2
#: how much name, telling words, character and story of a profile count in the order by words
_WEIGHTS: ColumnElement[Any] = literal_column("'{0.1, 0.3, 0.6, 1.0}'::real[]")


@dataclass(frozen=True)
class _Word:
    """A typed word, and the words of characters that are much like it, the likest first."""

    typed: str
    alike: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Found:
    """One page. ``following`` leads to the next one.

    ``near``: nobody holds all words as they are written; these hold some of them, or like ones.
    """

    characters: list[CharacterCard]
    following: str
    total: int | None
    near: bool = False


@dataclass(frozen=True)
class Choices:
    """What can be filtered by, from the characters there are: the most frequent, by the alphabet."""

    categories: tuple[str, ...]
    tags: tuple[str, ...]
    interests: tuple[str, ...]
    places: tuple[str, ...]

    def with_wished(self, wishes: Wishes) -> Choices:
        """These and what is wished already: a form without it would take the wish back unasked."""

        def each(offered: tuple[str, ...], *wished: str) -> tuple[str, ...]:
            rare = {value for value in wished if value} - set(offered)
            return tuple(sorted((*offered, *rare), key=str.casefold)) if rare else offered

        return Choices(
            categories=each(self.categories, wishes.category),
            tags=each(self.tags, *wishes.tags),
            interests=each(self.interests, *wishes.interests),
            places=each(self.places, wishes.place),
        )


def find(
    wishes: Wishes,
    *,
    full: frozenset[UUID] = frozenset(),
    after: str = "",
    limit: int = PAGE_SIZE,
    count: bool = True,
) -> Found:
    """The characters that fit ``wishes``, in their order, behind the mark ``after``.

    ``full`` are those whose team has no room now, left out when ``wishes.online``. ``count`` also
    counts all that fit, also those before the mark. A mark that is none starts from the beginning.
    """

    def page(order: str, words: tuple[_Word, ...] = ()) -> Found:
        role = current_viewer.get().role
        asked = _statement(wishes, words, order, full, after, limit, count=count, role=role)
        return _page(asked, order, limit, count=count)

    if not wishes.words:
        return page(wishes.sort)
    # The mark says which of the two it is a page of.
    if not _read_mark(after, "near"):
        found = page("words", _as_written(wishes.words))
        if found.characters or _read_mark(after, "words"):
            return found
    # Words spelled right are not compared with others: a guess beside an answer hides it.
    found = page("near", _with_close(_with_alike(wishes.words)))
    return replace(found, near=True)


# Putting a statement together takes longer than asking it, and most people ask the same.
@lru_cache(maxsize=256)
def _statement(
    wishes: Wishes,
    words: tuple[_Word, ...],
    order: str,
    full: frozenset[UUID],
    after: str,
    limit: int,
    *,
    count: bool,
    role: str,
) -> Select[Any]:
    """Asks for the page behind ``after`` in an ``order``, which also says if all words must fit.

    ``role`` is the viewer's: columns depend on it.
    """
    conditions = _conditions(wishes, full)
    if wishes.tags or wishes.interests or words:
        conditions.append(F.id.in_(_found_by_index(wishes, words, all_words=order != "near")))
    keys, descending = _order(wishes, words, near=order == "near")
    page = list(conditions)
    mark = _read_mark(after, order)
    if mark is not None and len(mark) == len(keys):
        position = tuple_(*keys)
        behind = tuple_(*(literal(value, key.type) for key, value in zip(keys, mark, strict=True)))
        page.append(position < behind if descending else position > behind)
    named = [key.label(f"key{n}") for n, key in enumerate(keys)]
    total: ColumnElement[Any] = null()
    if count:
        # Words are looked for in each profile: counting on the way costs nothing, a second look does.
        # Without words an index finds the page, and all that fit are counted beside it; so they are
        # behind a mark, where those before it are not on the way.
        everybody = select(func.count()).select_from(F).where(*conditions).scalar_subquery()
        total = func.count().over() if words and mark is None else everybody
    return (
        select(*card_columns(), *named, total.label("total"))
        .where(*page)
        .order_by(*(name.desc() if descending else name.asc() for name in named))
        .limit(limit + 1)
    )


def _page(asked: Select[Any], order: str, limit: int, *, count: bool) -> Found:
    rows: Any = db.session.execute(asked).all()
    how_many = None
    if count:
        how_many = rows[0].total if rows else 0
    following = ""
    if len(rows) > limit:
        rows = rows[:limit]
        last = rows[-1]._mapping  # noqa: SLF001 (SQLAlchemy's public name)
        following = _mark(order, [value for name, value in last.items() if name.startswith("key")])
    return Found([card(row) for row in rows], following, how_many)


def fitting(several: Sequence[Wishes], full: frozenset[UUID] = frozenset()) -> list[int]:
    """How many characters fit each of several wishes, words as they are written; one statement.

    Whoever is only near is not promised: where somebody fits, ``find`` shows nobody else.
    """

    def counted(wishes: Wishes) -> ColumnElement[int]:
        words = _as_written(wishes.words)
        conditions = _conditions(wishes, full)
        if wishes.tags or wishes.interests or words:
            conditions.append(F.id.in_(_found_by_index(wishes, words, all_words=True)))
        return select(func.count()).select_from(F).where(*conditions).scalar_subquery()

    columns = (counted(wishes).label(f"n{n}") for n, wishes in enumerate(several))
    return list(db.session.execute(select(*columns)).one())


def choices() -> Choices:
    """What the filters offer, as of at most a minute ago."""
    return _kept("fantooo_choices", _choices)


def _kept(name: str, read: Callable[[], _T]) -> _T:
    """What is the same for everybody and read at most once a minute by each process."""
    kept: Any = current_app.extensions.get(name)
    if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
        kept = (time.monotonic(), read())
        current_app.extensions[name] = kept
    found: _T = kept[1]
    return found


def _choices() -> Choices:
    def most(values: ColumnElement[Any]) -> tuple[str, ...]:
        named = select(values.label("value")).where(published()).subquery()
        found = db.session.scalars(
            select(named.c.value)
            .where(named.c.value.is_not(None))
            .group_by(named.c.value)
            .order_by(func.count().desc(), named.c.value)
            .limit(_CHOICES)
        )
        return tuple(sorted(found, key=str.casefold))

    return Choices(
        categories=most(F.category.expression),
        tags=most(func.unnest(F.tags)),
        interests=most(func.unnest(F.interests)),
        places=most(F.location.expression),
    )


def favorites(user_id: UUID) -> list[CharacterCard]:
    """The user's favourites, newest first; also those that are not published any more."""
    rows = db.session.execute(
        select(*card_columns())
        .join(Favorite, Favorite.fictional_user_id == F.id)
        .where(Favorite.real_user_id == user_id)
        .order_by(Favorite.created_at.desc())
        .limit(200)
    ).all()
    return [card(row) for row in rows]


def recently_viewed(user_id: UUID, *, limit: int = 12) -> list[CharacterCard]:
    """The published characters whose profiles the user looked at last."""
    rows = db.session.execute(
        select(*card_columns())
        .join(ProfileView, ProfileView.fictional_user_id == F.id)
        .where(ProfileView.real_user_id == user_id, published())
        .order_by(ProfileView.viewed_at.desc())
        .limit(limit)
    ).all()
    return [card(row) for row in rows]


def _conditions(wishes: Wishes, full: frozenset[UUID]) -> list[ColumnElement[bool]]:
    by_wish: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "gender": lambda gender: F.gender == gender,
        "age_from": lambda age: F.age >= age,
        "age_to": lambda age: F.age <= age,
        "style": lambda style: F.response_style == style,
        "category": lambda category: F.category == category,
        "place": lambda place: F.location == place,
        "featured": lambda _on: F.is_featured.is_(True),
    }
    conditions = [published()]
    for name, condition in by_wish.items():
        wished = getattr(wishes, name)
        if wished:
            conditions.append(condition(wished))
    if wishes.online and full:
        conditions.append(F.id.not_in(full))
    return conditions


def _as_written(words: list[str]) -> tuple[_Word, ...]:
    return tuple(_Word(word, ()) for word in words)


def _with_alike(words: list[str]) -> tuple[_Word, ...]:
    """Each typed word with the words it may have been meant for."""
    typed = func.unnest(cast(list(words), ARRAY(Text))).table_valued("word").render_derived("typed")
    likeness = func.word_similarity(typed.c.word, SearchTerm.word)
    alike = (
        select(SearchTerm.word, likeness.label("likeness"))
        # The operator, not the function: only it can use the index.
        .where(typed.c.word.op("<%")(SearchTerm.word), SearchTerm.word != typed.c.word)
        .order_by(likeness.desc(), SearchTerm.word)
        .limit(_ALIKE)
        .lateral("alike")
    )
    found: dict[str, list[tuple[str, float]]] = {word: [] for word in words}
    for row in db.session.execute(
        select(typed.c.word, alike.c.word.label("term"), alike.c.likeness)
        .join(alike, true())
        .order_by(typed.c.word, alike.c.likeness.desc(), alike.c.word)
    ):
        found[row.word].append((row.term, round(float(row.likeness), 3)))
    return tuple(_Word(typed, tuple(terms)) for typed, terms in found.items())


def _with_close(words: tuple[_Word, ...]) -> tuple[_Word, ...]:
    """Words that nothing is much like, with those that are written nearly so, letter by letter.

    As in Amina for Amani, where letters changed places and no part of the word is left as it was.
    Of the first few words only.
    """
    known = _kept("fantooo_search_words", _search_words)

    def close(typed: str) -> tuple[tuple[str, float], ...]:
        letters = sorted(typed)
        same = [(term, 0.9) for term in known if sorted(term) == letters]
        near = difflib.get_close_matches(typed, known, _MOST_CLOSE, _CLOSE)
        return tuple(
            same[:_MOST_CLOSE]
            or [
                (term, round(difflib.SequenceMatcher(None, term, typed).ratio(), 3))
                for term in near
            ]
        )

    return tuple(
        word if word.alike or n >= _CLOSE_WORDS else _Word(word.typed, close(word.typed))
        for n, word in enumerate(words)
    )


def _search_words() -> list[str]:
    return list(db.session.scalars(select(SearchTerm.word).order_by(SearchTerm.word)))


def _query(*parts: str) -> ColumnElement[Any]:
    """What any of ``parts`` finds, by its stem and as it is written."""
    parts_text = " | ".join(parts)
    return cast(func.to_tsquery("english", parts_text), TSQUERY).op("||")(
        func.to_tsquery("simple", parts_text)
    )


def _begins(word: str) -> str:
    """The word or a beginning of it, anywhere. ``word`` holds letters, digits, ' and - only."""
    return _quoted(word) + ":*"


def _telling(term: str) -> str:
    """The whole word, anywhere but in the story."""
    return _quoted(term) + ":ABC"


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "").replace("'", "''") + "'"


def _found_by_index(wishes: Wishes, words: tuple[_Word, ...], *, all_words: bool) -> Select[Any]:
    """The ids of who has all tags and interests, and all or some of the words.

    A function of the database: row security keeps a user's statement from the inverted indexes.
    """
    both = "&&" if all_words else "||"
    fitting = [_fitting(word) for word in words]
    query = reduce(lambda one, other: one.op(both)(other), fitting) if fitting else null()
    tags, interests = (
        cast(list(values) or None, ARRAY(Text)) for values in (wishes.tags, wishes.interests)
    )
    found = func.published_characters(tags, interests, query).table_valued(column("id", Uuid))
    return select(found.c.id)


def _fitting(word: _Word) -> ColumnElement[Any]:
    """Finds a word anywhere in a profile, or one much like it among the telling words."""
    return _query(_begins(word.typed), *(_telling(term) for term, _likeness in word.alike))


def _order(
    wishes: Wishes, words: tuple[_Word, ...], *, near: bool
) -> tuple[list[ColumnElement[Any]], bool]:
    """The columns that order, each with its place in an index, and whether they fall."""
    if words and wishes.sort == "recommended":
        return [_score(words, near=near), F.popularity_score, F.id], True  # type: ignore[list-item]
    keys: dict[str, tuple[list[Any], bool]] = {
        "recommended": ([F.is_featured, F.popularity_score, F.id], True),
        "new": ([F.id], True),
        "rating": ([F.rating_average, F.popularity_score, F.id], True),
        "fastest": ([func.coalesce(F.response_seconds, NO_RESPONSE_TIME), F.id], False),
    }
    return keys[wishes.sort]


def _score(words: tuple[_Word, ...], *, near: bool) -> ColumnElement[int]:
    """How well a profile fits, in thousandths.

    Each word found as written counts one and where it was, else one like it counts its likeness, so
    that who fits several counts for each. Where nobody is all of it, a name counts more than a word
    that many profiles hold, and the name that was typed more than one like it.
    """
    total: ColumnElement[Any] = literal(0.0, Float)
    for word in words:
        written = _query(_begins(word.typed))
        rank = cast(func.ts_rank(_WEIGHTS, F.search, written), Float)
        cases: list[tuple[ColumnElement[bool], Any]] = []
        if near:
            name = _query(_begins(word.typed) + "A")
            cases.append((F.search.op("@@")(name), 1 + rank + _NAMED))
        cases.append((F.search.op("@@")(written), 1 + rank))
        for likeness, terms in _by_likeness(word):
            if near:
                named = _query(*(_quoted(term) + ":A" for term in terms))
                cases.append((F.search.op("@@")(named), literal(likeness + _NAMED)))
            telling = _query(*(_telling(term) for term in terms))
            cases.append((F.search.op("@@")(telling), literal(likeness)))
        total += case(*cases, else_=literal(0.0, Float))
    return cast(func.round(cast(total * 1000, Numeric)), Integer)


def _by_likeness(word: _Word) -> list[tuple[float, list[str]]]:
    """Words like a typed one, those of the same likeness together, the likest first."""
    grouped: dict[float, list[str]] = {}
    for term, likeness in word.alike:
        grouped.setdefault(likeness, []).append(term)
    return list(grouped.items())


def _mark(order: str, values: list[Any]) -> str:
    plain = [v if isinstance(v, (int, bool)) else str(v) for v in values]
    return base64.urlsafe_b64encode(json.dumps([order, *plain]).encode()).decode().rstrip("=")


def _read_mark(mark: str, order: str) -> list[Any] | None:
    """The values behind a mark of this order, or None when it is none."""
    if not mark or len(mark) > 300:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
        if not isinstance(values, list) or len(values) < 2 or values[0] != order:
            return None
        *numbers, last = values[1:]
        if not all(isinstance(n, (int, str)) for n in numbers):
            return None
        return [*(float(n) if isinstance(n, str) else n for n in numbers), UUID(last)]
    except (ValueError, TypeError, IndexError, AttributeError, binascii.Error):
        return None
