"""What somebody wishes to find, as the address of /discover says it: filters, words, order, place.

The address is the state: every wish can be read from it and written back to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

GENDERS = ("female", "male", "other")
STYLES = ("flirty", "romantic", "friendly", "intellectual", "playful")
#: order by key, as the select shows them
SORTS: Mapping[str, str] = {
    "recommended": "Recommended",
    "new": "New",
    "rating": "Best rated",
    "fastest": "Fastest answer",
}
AGES = (18, 100)
MOST_WORDS = 6
MOST_SHOWN = 240
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
#: words that say nothing about a character, unless they are all there is
_SMALL = frozenset(
    "a an the and or of in on at to for from with who whom that is are be me my i want wants looking"
    " like likes love loves somebody someone anyone person character".split()
)
#: words that ask for a gender rather than for what somebody is like
_GENDER_WORDS = {
    word: gender
    for gender, words in (
        ("female", "woman women lady ladies female females"),
        ("male", "man men gentleman gentlemen male males"),
    )
    for word in words.split()
}


@dataclass(frozen=True)
class Wishes:
    """Filters, search words and order. Empty means: does not matter."""

    text: str = ""
    gender: str = ""
    age_from: int | None = None
    age_to: int | None = None
    style: str = ""
    category: str = ""
    place: str = ""
    tags: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    featured: bool = False
    online: bool = False
    sort: str = "recommended"

    @property
    def words(self) -> list[str]:
        """The words that count in ``text``, folded, at most six."""
        return search_words(self.text)

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the gender and the order was wished."""
        return replace(self, gender="", sort="recommended") != Wishes()

    def arguments(self) -> dict[str, Any]:
        """What the address must say. The gender is always named: without it, one's own default holds."""
        said: dict[str, Any] = {"gender": self.gender}
        optional = {
            "q": self.text,
            "age_from": self.age_from,
            "age_to": self.age_to,
            "style": self.style,
            "category": self.category,
            "place": self.place,
            "tag": list(self.tags),
            "interest": list(self.interests),
            "featured": "1" if self.featured else "",
            "online": "1" if self.online else "",
            "sort": "" if self.sort == "recommended" else self.sort,
        }
        return said | {name: value for name, value in optional.items() if value}

    def without(self, name: str, value: str = "") -> Wishes:
        """The same wishes but for one: what a filter's cross leads to."""
        if name == "age":
            return replace(self, age_from=None, age_to=None)
        if name == "tag":
            return replace(self, tags=tuple(tag for tag in self.tags if tag != value))
        if name == "interest":
            return replace(self, interests=tuple(i for i in self.interests if i != value))
        return replace(self, **{name: getattr(Wishes(), name)})


def read(arguments: Mapping[str, Sequence[str]], *, default_gender: str = "") -> Wishes:
    """The wishes an address names. What makes no sense is left out, never an error."""

    def one(name: str) -> str:
        return next(iter(arguments.get(name, ())), "")

    text, gender = _line(one("q"), 100), one("gender")
    said, rest = _said_gender(text)
    # Said in words it is a wish like a pressed one, and is taken back like it; what was pressed holds.
    if said and gender in ("", said):
        gender, text = said, rest
    elif "gender" not in arguments:
        gender = default_gender
    first, last = _age(one("age_from")), _age(one("age_to"))
    if first and last and first > last:
        first, last = last, first
    return Wishes(
        text=text,
        gender=gender if gender in GENDERS else "",
        age_from=first,
        age_to=last,
        style=one("style") if one("style") in STYLES else "",
        category=_line(one("category"), 40),
        place=_line(one("place"), 80),
        tags=_several(arguments.get("tag", ())),
        interests=_several(arguments.get("interest", ())),
        featured=one("featured") == "1",
        online=one("online") == "1",
        sort=one("sort") if one("sort") in SORTS else "recommended",
    )


def search_words(text: str) -> list[str]:
    """Words as the search compares them: without accents and case, small words left out."""
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(sign)
    )
    words = [word.replace("’", "'") for word in _WORD.findall(plain)]
    telling = [word for word in words if word not in _SMALL]
    return list(dict.fromkeys(telling or words))[:MOST_WORDS]


def _said_gender(text: str) -> tuple[str, str]:
    """The gender that words of ``text`` ask for, and the text without them; none when they name two."""

    def gender(word: str) -> str:
        return _GENDER_WORDS.get(word.casefold(), "")

    named = {gender(word) for word in _WORD.findall(text)} - {""}
    if len(named) != 1:
        return "", text
    rest = " ".join(_WORD.sub(lambda word: "" if gender(word[0]) else word[0], text).split())
    # "I want a woman" is all said by its gender.
    small = all(word in _SMALL for word in search_words(rest))
    return named.pop(), "" if small else rest


def _age(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        return None
    return min(max(int(text), AGES[0]), AGES[1])


def _line(text: str, length: int) -> str:
    return " ".join(text.split())[:length]


def _several(values: Iterable[str]) -> tuple[str, ...]:
    kept = (_line(value, 40) for value in values)
    return tuple(dict.fromkeys(value for value in kept if value))[:8]
