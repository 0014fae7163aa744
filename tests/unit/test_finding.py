"""What somebody wishes to find, read from an address and written back to it."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given, strategies as st
from werkzeug.urls import iri_to_uri

from fantooo.domain import finding
from fantooo.domain.finding import STYLES, Wishes


def read(**arguments: str | list[str]) -> Wishes:
    lists = {k: v if isinstance(v, list) else [v] for k, v in arguments.items()}
    return finding.read(lists, default_gender="female")


def test_nothing_said_is_the_own_default() -> None:
    assert read() == Wishes(gender="female")


def test_everybody_is_said_by_an_empty_gender() -> None:
    assert read(gender="") == Wishes()


@pytest.mark.parametrize(
    ("arguments", "wishes"),
    [
        ({"gender": "male"}, Wishes(gender="male")),
        ({"gender": "robots"}, Wishes()),
        ({"gender": "", "q": "  night   owl "}, Wishes(text="night owl")),
        ({"gender": "", "q": "x" * 300}, Wishes(text="x" * 100)),
        ({"gender": "", "age_from": "30", "age_to": "25"}, Wishes(age_from=25, age_to=30)),
        ({"gender": "", "age_from": "7", "age_to": "999"}, Wishes(age_from=18, age_to=100)),
        ({"gender": "", "age_from": "-3", "age_to": "x"}, Wishes()),
        ({"gender": "", "age_from": "٣٠"}, Wishes()),
        ({"gender": "", "style": "flirty"}, Wishes(style="flirty")),
        ({"gender": "", "style": "rude"}, Wishes()),
        ({"gender": "", "tag": ["sea", "sea", " ", "art"]}, Wishes(tags=("sea", "art"))),
        ({"gender": "", "tag": [str(n) for n in range(20)]}, Wishes(tags=tuple("01234567"))),
        ({"gender": "", "featured": "1", "online": "yes"}, Wishes(featured=True)),
        ({"gender": "", "sort": "fastest"}, Wishes(sort="fastest")),
        ({"gender": "", "sort": "revenue"}, Wishes()),
    ],
)
def test_reading(arguments: dict[str, str | list[str]], wishes: Wishes) -> None:
    assert read(**arguments) == wishes


@pytest.mark.parametrize(
    ("arguments", "wishes"),
    [
        ({"gender": "", "q": "Women Nairobi"}, Wishes(gender="female", text="Nairobi")),
        ({"gender": "", "q": "older  woman"}, Wishes(gender="female", text="older")),
        (
            {"gender": "", "q": "lady who likes jazz"},
            Wishes(gender="female", text="who likes jazz"),
        ),
        ({"gender": "", "q": "I want a gentleman"}, Wishes(gender="male")),
        ({"gender": "", "q": "MEN"}, Wishes(gender="male")),
        # More than the own default, which nobody pressed; never more than what was pressed.
        ({"q": "men"}, Wishes(gender="male")),
        ({"gender": "female", "q": "women lamu"}, Wishes(gender="female", text="lamu")),
        ({"gender": "female", "q": "men lamu"}, Wishes(gender="female", text="men lamu")),
        # Words that name both, and words that only look so, are words.
        ({"gender": "", "q": "men or women"}, Wishes(text="men or women")),
        ({"gender": "", "q": "women's doctor"}, Wishes(text="women's doctor")),
        ({"gender": "", "q": "dhow-man mango"}, Wishes(text="dhow-man mango")),
    ],
)
def test_a_gender_said_in_words_is_wished(
    arguments: dict[str, str | list[str]], wishes: Wishes
) -> None:
    assert read(**arguments) == wishes
    again = {name: str(value) for name, value in wishes.arguments().items()}
    assert read(**again) == wishes, "the address it is written to says the same"


word = st.text("aäñ日ж9", min_size=1, max_size=6)
wishes = st.builds(
    Wishes,
    text=st.lists(word, max_size=4).map(" ".join),
    gender=st.sampled_from(["", *finding.GENDERS]),
    age_from=st.none() | st.integers(18, 50),
    age_to=st.none() | st.integers(51, 100),
    style=st.sampled_from(["", *STYLES]),
    category=st.just("") | word,
    place=st.just("") | word,
    tags=st.lists(word, max_size=4, unique=True).map(tuple),
    interests=st.lists(word, max_size=4, unique=True).map(tuple),
    featured=st.booleans(),
    online=st.booleans(),
    sort=st.sampled_from(list(finding.SORTS)),
)


@given(wishes)
def test_the_address_says_all_of_it(wished: Wishes) -> None:
    lists = {
        name: [str(v) for v in value] if isinstance(value, list) else [str(value)]
        for name, value in wished.arguments().items()
    }
    assert finding.read(lists, default_gender="male") == wished


@pytest.mark.parametrize(
    ("name", "value"),
    [("gender", ""), ("text", ""), ("age", ""), ("style", ""), ("category", ""), ("place", ""),
     ("tag", "sea"), ("interest", "books"), ("featured", ""), ("online", "")],
)  # fmt: skip
def test_taking_one_wish_back_leaves_the_others(name: str, value: str) -> None:
    all_of_them = Wishes(
        text="poet", gender="male", age_from=20, age_to=30, style="flirty", category="fun",
        place="Lamu", tags=("sea", "art"), interests=("books", "goats"), featured=True, online=True,
        sort="new",
    )  # fmt: skip
    less = all_of_them.without(name, value)
    said = len(parse_qs(_query(all_of_them)))
    values = sum(len(v) for v in parse_qs(_query(all_of_them), keep_blank_values=True).values())
    left = sum(len(v) for v in parse_qs(_query(less), keep_blank_values=True).values())
    assert said
    # The gender stays said, as "everybody"; an age has two ends.
    assert values - left == {"gender": 0, "age": 2}.get(name, 1)
    assert less.sort == "new"


def _query(wished: Wishes) -> str:
    pairs = []
    for name, value in wished.arguments().items():
        for one in value if isinstance(value, list) else [value]:
            pairs.append(f"{name}={iri_to_uri(str(one))}")
    return "&".join(pairs)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Poets who like the Sea", ["poets", "sea"]),
        ("the who", ["the", "who"]),
        ("Café Özil", ["cafe", "ozil"]),
        ("night-owl's", ["night-owl's"]),
        ("a b' | & ! (c):*", ["b", "c"]),
        ("one two three four five six seven", ["one", "two", "three", "four", "five", "six"]),
        ("sea sea SEA", ["sea"]),
        ("'; DROP TABLE chats; --", ["drop", "table", "chats"]),
        ("💜", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert finding.search_words(text) == words
