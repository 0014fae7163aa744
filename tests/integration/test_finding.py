"""Finding characters on the real database: filters, words, orders, pages, hearts, derived figures."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fantooo.domain.errors import ChatNotFound, NotFound, ValidationError
from fantooo.domain.finding import SORTS, Wishes
from fantooo.domain.viewer import Viewer
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import FictionalUser
from fantooo.queries import characters, finding
from fantooo.services import derived, liking, team
from tests.support import factories


def names(wishes: Wishes, **more: object) -> list[str]:
    return [card.name for card in finding.find(wishes, **more).characters]  # type: ignore[arg-type]


@pytest.fixture
def cast(app: Flask) -> dict[str, UUID]:
    """A few characters of whom each wish of the tests below fits some."""
    made = {}
    for values in (
        {"name": "Amani", "age": 29, "gender": "female", "location": "Nairobi", "category": "romance",
         "occupation": "Bookseller", "tags": ["books", "wit"], "interests": ["poems", "rain"],
         "response_style": "romantic", "popularity_score": 90, "is_featured": True},
        {"name": "Baraka", "age": 41, "gender": "male", "location": "Mombasa", "category": "fun",
         "occupation": "Ship's cook", "tags": ["food", "wit"], "interests": ["cooking", "goats"],
         "response_style": "playful", "popularity_score": 70},
        {"name": "Chausiku", "age": 35, "gender": "other", "location": "Kisumu", "category": "fun",
         "occupation": "Astronomer", "tags": ["science"], "interests": ["stars", "rain"],
         "response_style": "intellectual", "popularity_score": 80},
        {"name": "Zoë", "age": 52, "gender": "female", "location": "Lamu", "category": "stories",
         "occupation": "Dhow captain", "tags": ["sea"], "interests": ["night owls", "maps"],
         "response_style": "friendly", "popularity_score": 60},
    ):  # fmt: skip
        made[values["name"]] = factories.character(
            tagline="", bio="Lives in a story.", personality_traits=[], **values
        )
    factories.character(name="Hidden", is_active=False, tags=["wit"])
    return made


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        (Wishes(), ["Amani", "Chausiku", "Baraka", "Zoë"]),
        (Wishes(gender="female"), ["Amani", "Zoë"]),
        (Wishes(age_from=35), ["Chausiku", "Baraka", "Zoë"]),
        (Wishes(age_from=30, age_to=45), ["Chausiku", "Baraka"]),
        (Wishes(style="playful"), ["Baraka"]),
        (Wishes(category="fun"), ["Chausiku", "Baraka"]),
        (Wishes(place="Lamu"), ["Zoë"]),
        (Wishes(tags=("wit",)), ["Amani", "Baraka"]),
        (Wishes(tags=("wit", "food")), ["Baraka"]),
        (Wishes(interests=("rain",)), ["Amani", "Chausiku"]),
        (Wishes(featured=True), ["Amani"]),
        (Wishes(gender="female", interests=("maps",), age_from=50), ["Zoë"]),
        (Wishes(category="nothing"), []),
    ],
)
def test_filters(cast: dict[str, UUID], wishes: Wishes, expected: list[str]) -> None:
    found = finding.find(wishes)
    assert [card.name for card in found.characters] == expected
    assert (found.total, found.following, found.near) == (len(expected), "", False)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("amani", "Amani"),
        ("amni", "Amani"),
        ("zoe", "Zoë"),
        ("mombassa", "Baraka"),
        ("mbasa", "Baraka"),
        ("cook", "Baraka"),
        ("cooks", "Baraka"),
        ("astronmer", "Chausiku"),
        ("the stars", "Chausiku"),
        ("captain lamu", "Zoë"),
        ("nite owl", "Zoë"),
        ("ROMANTIC", "Amani"),
    ],
)
def test_words(cast: dict[str, UUID], text: str, first: str) -> None:
    assert names(Wishes(text=text))[:1] == [first]


def test_who_is_nearly_all_of_it(cast: dict[str, UUID]) -> None:
    found = finding.find(Wishes(text="cook kisumu"))
    assert found.near
    assert {card.name for card in found.characters} == {"Baraka", "Chausiku"}


def test_only_words_that_nobody_holds_are_compared_with_others(
    cast: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[list[str]] = []
    real = finding._with_alike
    monkeypatch.setattr(finding, "_with_alike", lambda words: compared.append(words) or real(words))
    assert names(Wishes(text="captain lamu")) == ["Zoë"]
    assert not compared
    assert set(names(Wishes(text="captain kisumu"))) == {"Zoë", "Chausiku"}
    assert compared == [["captain", "kisumu"]]


@pytest.mark.parametrize(
    "text", ["xqzwv", "'; drop table x; --", "a:* & !b", "\\", "💜", "%", "<%"]
)
def test_odd_words_break_nothing(cast: dict[str, UUID], text: str) -> None:
    assert finding.find(Wishes(text=text)).total in range(5)


#: 23 characters are "sea"; nobody is "sugar", and "seea" is nearly the word
_TYPED = {"words": "sea", "near": "sea sugar", "misspelt": "seea"}


@pytest.mark.parametrize("sort", [*SORTS, *_TYPED])
def test_pages_join_without_gap_or_double(app: Flask, sort: str) -> None:
    for number in range(23):
        factories.character(
            name=f"N{number}",
            tags=["sea"],
            is_featured=number % 5 == 0,
            popularity_score=number // 4,
            rating_average=number % 3,
            response_seconds=None if number % 4 == 0 else number // 3,
        )
    wishes = Wishes(text=_TYPED[sort]) if sort in _TYPED else Wishes(sort=sort)
    whole = names(wishes, limit=100)
    assert len(whole) == 23
    assert finding.find(wishes).near == (sort in ("near", "misspelt"))
    seen, after = [], ""
    while True:
        page = finding.find(wishes, after=after, limit=5, count=False)
        seen += [card.name for card in page.characters]
        after = page.following
        if not after:
            break
    assert seen == whole


def test_orders(app: Flask) -> None:
    for number in range(3):
        factories.character(
            name=f"N{number}",
            rating_average=(3, 5, 4)[number],
            response_seconds=(60, None, 20)[number],
        )
    assert names(Wishes(sort="new")) == ["N2", "N1", "N0"]
    assert names(Wishes(sort="rating")) == ["N1", "N2", "N0"]
    assert names(Wishes(sort="fastest")) == ["N2", "N0", "N1"]


@pytest.mark.parametrize(
    "mark", ["x", "WyJ4Il0", "eyJhIjoxfQ", "W10", "WyJyZWNvbW1lbmRlZCIsMSwyLDNd", "é", "A" * 400]
)
def test_a_mark_that_is_none_starts_from_the_beginning(cast: dict[str, UUID], mark: str) -> None:
    assert len(names(Wishes(), after=mark)) == 4


def test_a_mark_of_another_order_starts_from_the_beginning(cast: dict[str, UUID]) -> None:
    mark = finding.find(Wishes(sort="new"), limit=2).following
    assert mark
    assert len(names(Wishes(sort="rating"), after=mark)) == 4


def test_the_team_is_online_only_when_somebody_has_room(app: Flask) -> None:
    def fresh() -> team.Team:
        app.extensions.pop("fantooo_team", None)
        return team.now()

    character = factories.character(max_concurrent_chats=1)
    operator = factories.operator(max_chats=2)
    assert not fresh().is_online
    factories.go_available(operator)
    assert fresh() == team.Team(True, frozenset())
    user = factories.user()
    factories.send(user, factories.open_chat(user, character))
    assert fresh() == team.Team(True, frozenset({character}))
    other = factories.user()
    factories.send(other, factories.open_chat(other, factories.character()))
    assert not fresh().is_online
    app.extensions.pop("fantooo_team", None)


def test_busy_characters_are_left_out_when_asked_for(cast: dict[str, UUID]) -> None:
    full = frozenset({cast["Amani"]})
    assert "Amani" not in names(Wishes(online=True), full=full)
    assert "Amani" in names(Wishes(), full=full)


# Hearts, views, ratings


@pytest.fixture
def anna(app: Flask) -> Viewer:
    return factories.user()


def test_hearts(app: Flask, cast: dict[str, UUID], anna: Viewer) -> None:
    assert anna.account_id
    with acting_as(anna):
        for _twice in range(2):
            liking.set_favorite(cast["Zoë"], anna.account_id, on=True)
        liking.set_favorite(cast["Amani"], anna.account_id, on=True)
        assert [card.name for card in finding.favorites(anna.account_id)] == ["Amani", "Zoë"]
        kept = {c.name: c.is_favorite for c in finding.find(Wishes()).characters}
        assert kept == {"Amani": True, "Zoë": True, "Baraka": False, "Chausiku": False}
        for _twice in range(2):
            liking.set_favorite(cast["Zoë"], anna.account_id, on=False)
        assert [card.name for card in finding.favorites(anna.account_id)] == ["Amani"]
    ben = factories.user()
    assert ben.account_id
    with acting_as(ben):
        assert finding.favorites(ben.account_id) == []
        assert not characters.get(cast["Amani"]).is_favorite


def test_nobody_keeps_what_they_cannot_see(app: Flask, anna: Viewer) -> None:
    hidden = factories.character(is_active=False)
    assert anna.account_id
    with acting_as(anna), pytest.raises(NotFound):
        liking.set_favorite(hidden, anna.account_id, on=True)


def test_recently_viewed(app: Flask, cast: dict[str, UUID], anna: Viewer) -> None:
    assert anna.account_id
    with acting_as(anna):
        for name in ("Amani", "Zoë", "Baraka", "Amani"):
            liking.note_view(cast[name], anna.account_id)
        viewed = finding.recently_viewed(anna.account_id)
    assert [card.name for card in viewed] == ["Amani", "Baraka", "Zoë"]


def test_looking_at_a_profile_is_remembered(client: FlaskClient, cast: dict[str, UUID]) -> None:
    factories.sign_up("visitor")
    client.sign_in("visitor", factories.PASSWORD)
    client.get(f"/profile/{cast['Zoë']}")
    assert "Recently viewed" in client.get("/favorites").get_data(as_text=True)


def test_rating_needs_an_answer_and_can_be_changed(app: Flask, anna: Viewer) -> None:
    operator = factories.operator(available=True)
    chat = factories.open_chat(anna, factories.character(name="Rated"))
    assert anna.account_id
    factories.send(anna, chat)
    with acting_as(anna), pytest.raises(ValidationError, match="once somebody has answered"):
        liking.rate(chat, anna.account_id, stars=5)
    factories.reply(operator, chat)
    for stars in (1, 4):
        with acting_as(anna):
            liking.rate(chat, anna.account_id, stars=stars)
    for wrong in (0, 6):
        with acting_as(anna), pytest.raises(ValidationError, match="one to five"):
            liking.rate(chat, anna.account_id, stars=wrong)
    ben = factories.user()
    assert ben.account_id
    with acting_as(ben), pytest.raises(ChatNotFound):
        liking.rate(chat, ben.account_id, stars=1)
    derived.recompute_totals()
    with acting_as(anna):
        rated = finding.find(Wishes(sort="rating")).characters[0]
    assert (rated.rating_average, rated.rating_count) == (4, 1)


# Derived figures equal plain counting


def test_totals_are_those_of_the_rows(app: Flask, cast: dict[str, UUID]) -> None:
    fans = [factories.user() for _ in range(3)]
    for number, fan in enumerate(fans):
        assert fan.account_id
        with acting_as(fan):
            liking.set_favorite(cast["Zoë"], fan.account_id, on=True)
            if number == 0:
                liking.set_favorite(cast["Amani"], fan.account_id, on=True)
    derived.recompute_totals()
    assert _figures("favorite_count") == {"Zoë": 3, "Amani": 1, "Baraka": 0, "Chausiku": 0}
    assert derived.recompute_totals() == 0, "what is right already is not written again"


def test_a_response_time_is_told_from_ten_replies_on(app: Flask) -> None:
    operator = factories.operator(available=True, max_chats=50)
    character = factories.character(name="Quick")
    for number in range(10):
        derived.recompute_totals()
        assert _figures("response_seconds")["Quick"] is None, f"after {number} replies"
        user = factories.user()
        chat = factories.open_chat(user, character)
        factories.send(user, chat)
        factories.reply(operator, chat)
    derived.recompute_totals()
    assert _figures("response_seconds")["Quick"] == 0


def test_popularity_is_chats_people_liked_and_hearts(app: Flask, cast: dict[str, UUID]) -> None:
    user = factories.user(credits=50)
    long, short = (factories.open_chat(user, cast[n]) for n in ("Zoë", "Baraka"))
    for number in range(10):
        factories.send(user, long, f"line {number}")
    factories.send(user, short)
    assert user.account_id
    with acting_as(user):
        liking.set_favorite(cast["Chausiku"], user.account_id, on=True)
        liking.set_favorite(cast["Zoë"], user.account_id, on=True)
    derived.recompute_popularity()
    expected = {"Zoë": 2, "Chausiku": 1, "Baraka": 0, "Amani": 0}
    assert _figures("popularity_score") == expected


def _figures(column: str) -> dict[str, object]:
    with unit_of_work(as_system=True) as work:
        rows = work.session.query(FictionalUser).filter(FictionalUser.is_active).all()
        return {row.name: getattr(row, column) for row in rows}


# The page


def test_when_nobody_fits_the_page_says_what_to_take_back(
    client: FlaskClient, cast: dict[str, UUID]
) -> None:
    """Each single wish without which somebody fits, with how many, the most first."""
    answer = client.get("/discover?gender=&style=playful&tag=sea&age_from=20").text
    ways = re.findall(r'href="([^"]+)">Remove (\S+) <b class="num">\((\d+)\)</b>', answer)
    assert [(words, count) for _href, words, count in ways] == [("Playful", "1"), ("sea", "1")]
    for href, _words, count in ways:
        shown = client.get(href.replace("&amp;", "&")).text
        assert shown.count('class="char-card"') == int(count)
    # It says once what is the matter.
    heads = ("No character matches all filters", "No characters found")
    assert [head in answer for head in heads] == [True, False]
    for address in ("/discover?gender=&style=nothing&q=xqzwv", "/discover?gender=&style=playful"):
        assert heads[0] not in client.get(address).text


def test_one_s_own_wish_is_told_at_its_choice(
    app: Flask, anna: Viewer, cast: dict[str, UUID]
) -> None:
    """Whom one wants to write to is no second chip below the choice among all."""
    browser = app.test_client().become(anna)  # type: ignore[attr-defined]
    page = browser.get("/discover?gender=female&style=playful").text
    wished = re.search(r'<ul class="chips wished".*?</ul>', page, re.DOTALL)
    assert wished
    assert "Playful" in wished[0]
    assert "Women" not in wished[0]
    assert "wished" not in browser.get("/discover?gender=female").text


@pytest.mark.parametrize("path", ["/", "/how-it-works", "/terms", "/privacy", "/nothing-here"])
def test_users_keep_their_navigation(app: Flask, anna: Viewer, path: str) -> None:
    signed_in = app.test_client().become(anna).get(path).text  # type: ignore[attr-defined]
    assert 'class="top-nav tabbar"' in signed_in and "balance-link" in signed_in
    assert 'href="/get-started"' not in signed_in
    signed_out = app.test_client().get(path).text
    assert "tabbar" not in signed_out and 'href="/get-started"' in signed_out


def test_words_for_a_gender_are_shown_as_its_wish(
    client: FlaskClient, cast: dict[str, UUID]
) -> None:
    page = client.get("/discover?gender=&q=women+lamu").text
    assert "1 character<" in page and page.count('class="char-card"') == 1
    assert 'name="gender" value="female" checked' in page and 'value="lamu"' in page
    # Where the page stays, the choice still says Everybody: then it is told among what was wished.
    fragment = {"HX-Request-Type": "partial"}
    part = client.get("/discover?gender=&q=women+lamu", headers=fragment).text
    assert re.search(r'href="/discover\?gender=&amp;q=lamu"><span[^>]*>Remove </span>Women', part)
    assert "Remove </span>Women" not in client.get("/discover?gender=female", headers=fragment).text


@pytest.mark.parametrize("typed", ["mombassa", "captain kisumu"])
def test_whoever_is_only_close_is_not_said_to_fit(
    client: FlaskClient, cast: dict[str, UUID], typed: str
) -> None:
    """One misspelt word, or two that nobody is both of: no count claims them."""
    page = client.get("/discover", query_string={"gender": "", "q": typed}).text
    assert "Nobody fits that exactly. These come close:" in page
    assert not re.search(r"\d+ characters?<", page)


def test_what_is_offered_instead_is_what_is_shown(
    client: FlaskClient, cast: dict[str, UUID]
) -> None:
    """Only who fits as it is written is promised, though others would come close."""
    answer = client.get("/discover?gender=&q=cook&style=romantic&place=Lamu").text
    assert "Remove one filter" not in answer, "nobody fits any two of them"
    answer = client.get("/discover?gender=&q=cook&style=romantic").text
    ways = re.findall(r'href="([^"]+)">Remove (\S+) <b class="num">\((\d+)\)</b>', answer)
    assert [(words, count) for _href, words, count in ways] == [("“cook”", "1"), ("Romantic", "1")]
    for href, _words, count in ways:
        shown = client.get(href.replace("&amp;", "&")).text
        assert shown.count('class="char-card"') == int(count) and "come close" not in shown
    misspelt = client.get("/discover?gender=&q=coook&style=romantic").text
    assert ">Remove “coook”" in misspelt and ">Remove Romantic" not in misspelt


def test_fragments_say_which_address_they_are(client: FlaskClient, cast: dict[str, UUID]) -> None:
    fragment = {"HX-Request-Type": "partial"}
    typed = client.get("/discover?gender=&q=amni&typed=1&tag=&age_from=", headers=fragment)
    assert typed.headers["HX-Replace-Url"] == "/discover?gender=&q=amni"
    assert "HX-Push-Url" not in typed.headers
    chosen = client.get("/discover?gender=male&style=playful", headers=fragment)
    assert chosen.headers["HX-Push-Url"] == "/discover?gender=male&style=playful"
    assert "<html" not in chosen.get_data(as_text=True)


def test_a_rare_wish_stands_in_the_form(client: FlaskClient, cast: dict[str, UUID]) -> None:
    """Lists offer the most frequent, as of a minute ago; a form without a wish would take it back."""
    client.get("/discover")
    rare = "gender=&tag=quilts&interest=tides&place=Lodwar&category=quiet"
    page = client.get(f"/discover?{rare}").get_data(as_text=True)
    assert "<option selected>Lodwar</option>" in page
    assert '<option value="quiet" selected>Quiet</option>' in page
    for name, value in (("tag", "quilts"), ("interest", "tides")):
        assert f'name="{name}" value="{value}" checked' in page
    assert "quilts" not in client.get("/discover").get_data(as_text=True)


def test_a_profile_promises_what_is_kept(client: FlaskClient, cast: dict[str, UUID]) -> None:
    """Only a chat in which something was written is a conversation to continue."""
    user = factories.user()
    client.become(user)  # type: ignore[attr-defined]
    path = f"/profile/{cast['Zoë']}"
    chat_id = factories.open_chat(user, cast["Zoë"])
    assert "Continue the chat" not in client.get(path).text
    factories.send(user, chat_id, "Hello")
    assert "Continue the chat" in client.get(path).text
    assert "Continue the chat" not in client.get(f"/profile/{cast['Amani']}").text


def test_more_is_a_piece_of_the_grid(client: FlaskClient, app: Flask) -> None:
    for number in range(30):
        factories.character(name=f"N{number}")
    page = client.get("/discover").get_data(as_text=True)
    assert page.count('class="char-card"') == 24
    link = page.partition('id="more" hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    more = client.get(link, headers={"HX-Request-Type": "partial"}).get_data(as_text=True)
    assert more.count('class="char-card"') == 6
    assert 'id="more"' not in more
    assert client.get("/discover?shown=30").get_data(as_text=True).count('class="char-card"') == 30
    assert client.get("/discover?shown=99999999").status_code == 200


@pytest.mark.parametrize(
    ("wished", "says"),
    [("gender=", "30 characters<"), ("gender=&q=sea", "30 characters<"),
     ("gender=&q=sea+sugar", "These come close:<")],
)  # fmt: skip
def test_more_without_scripts_is_a_page_with_a_way_back(
    client: FlaskClient, app: Flask, wished: str, says: str
) -> None:
    for number in range(30):
        factories.character(name=f"N{number}", tags=["sea"])
    page = client.get(f"/discover?{wished}").text
    assert "start of the list" not in page
    link = re.search(r'href="([^"]+)"[^>]*>Show more', page)
    assert link
    more = client.get(link[1].replace("&amp;", "&")).text
    assert more.count('class="char-card"') == 6
    assert says in more and "None" not in more
    back = re.search(r'href="([^"]+)">Back to the start of the list', more)
    assert back
    assert client.get(back[1].replace("&amp;", "&")).text.count('class="char-card"') == 24


def test_a_page_behind_everybody_leads_to_the_start(client: FlaskClient, app: Flask) -> None:
    """As when the last ones have been unpublished since."""
    for number in range(25):
        factories.character(name=f"N{number}", tags=["sea"])
    mark = finding.find(Wishes(), limit=24).following
    last = finding.find(Wishes(), after=mark).characters[0]
    with unit_of_work(as_system=True) as work:
        work.session.get_one(FictionalUser, last.id).is_active = False
    answer = client.get("/discover", query_string={"gender": "", "tag": "sea", "after": mark})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/discover?gender=&tag=sea")


def test_nobody_online_is_never_said_to_be(client: FlaskClient, cast: dict[str, UUID]) -> None:
    page = client.get("/discover?gender=&online=1").get_data(as_text=True)
    assert "Team online" not in page
    assert page.count('class="char-card"') == 4


def test_a_heart_by_form_and_by_fragment(client: FlaskClient, cast: dict[str, UUID]) -> None:
    factories.sign_up("hearty")
    client.sign_in("hearty", factories.PASSWORD)
    path = f"/profile/{cast['Zoë']}/favorite"
    assert client.post(path, data={"on": "1"}).status_code == 303
    fragment = client.post(path, data={"on": ""}, headers={"HX-Request-Type": "partial"})
    assert 'aria-pressed="false"' in fragment.get_data(as_text=True)


def test_signed_out_nobody_has_hearts(client: FlaskClient, cast: dict[str, UUID]) -> None:
    assert "heart-" not in client.get("/discover").get_data(as_text=True)


def test_a_heart_pressed_without_scripts_leaves_one_where_one_was(
    client: FlaskClient, cast: dict[str, UUID]
) -> None:
    client.become(factories.user())  # type: ignore[attr-defined]
    here = f"/profile/{cast['Amani']}/favorite"
    for came_from, leads_to in (
        ("http://localhost/discover?q=a", "/discover?q=a"),
        ("http://evil.example/discover", f"/profile/{cast['Amani']}"),
        ("", f"/profile/{cast['Amani']}"),
    ):
        answer = client.post(here, data={"on": "1"}, headers={"Referer": came_from})
        assert answer.headers["Location"] == leads_to
