"""Finding a character: the discover grid, profiles, favourites, the way into a chat.

One's own page is in ``me.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from uuid import UUID

from flask import (
    Blueprint,
    get_template_attribute,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from fantooo.domain import finding as rules
from fantooo.domain.finding import GENDERS, SORTS, STYLES, Wishes
from fantooo.queries import characters, chats, finding, people, settings
from fantooo.queries.finding import PAGE_SIZE
from fantooo.queries.people import Seeker
from fantooo.services import accounts, chats as chat_service, liking, team
from fantooo.web import forms, guards, templating
from fantooo.web.errors import wants_fragment

blueprint = Blueprint("user", __name__)
#: of how many wishes it is looked what is left without them, and how many ways out are offered
_TRIED, _INSTEAD = 8, 4


@dataclass(frozen=True)
class Filter:
    """A wish that can be taken back: its words, and what is left without it."""

    label: str
    others: Wishes

    @property
    def without(self) -> str:
        """The address without it."""
        return url_for("user.discover", **self.others.arguments())


@blueprint.get("/discover")
def discover() -> ResponseReturnValue:
    """The grid of characters; the address is the state.

    ``after`` asks for the page behind a mark: as a fragment its cards, without scripts a whole page.
    ``shown`` asks for so many at once, so that the back button finds what had been scrolled to.
    """
    seeker = people.seeker(guards.account_id()) if guards.me().role == "user" else Seeker()
    templating.viewer().unread = seeker.unread_chats
    # What a signed-in user said to look for; everybody when that is both.
    default = seeker.looking_for if seeker.looking_for in GENDERS else ""
    wishes = rules.read(dict(request.args.lists()), default_gender=default)
    present = team.now()
    if not present.is_online:
        # Nobody is there: the filter is not offered, and no chip may claim otherwise.
        wishes = replace(wishes, online=False)
    after = request.args.get("after", "")
    more = bool(after) and wants_fragment()
    shown = forms.int_argument("shown")
    found = finding.find(
        wishes,
        full=present.full,
        after=after,
        limit=PAGE_SIZE if more else min(max(shown, PAGE_SIZE), rules.MOST_SHOWN),
        count=not more,
    )
    start = url_for("user.discover", **wishes.arguments()) if after else ""
    if start and not more and not found.characters:
        # Whoever was behind the mark is there no more; others still fit.
        return redirect(start)
    following = ""
    if found.following:
        following = url_for("user.discover", **wishes.arguments(), after=found.following)
    grid = {
        "characters": found.characters,
        "next_page": following,
    }
    if more:
        return render_template("partials/character/grid.html", **grid)
    filters = _filters(wishes)
    results = {
        **grid,
        "wishes": wishes,
        "total": found.total,
        "near": found.near,
        "start": start,
        # Whom somebody wants to write to stands above, as the choice among all: unless words said it
        # while the page stays.
        "filters": [
            one
            for one in filters
            if one.others.gender == wishes.gender
            or (wants_fragment() and wishes.gender != request.args.get("gender", default))
        ],
        "instead": [] if found.characters else _instead(filters, present.full),
    }
    if wants_fragment():
        response = make_response(render_template("partials/character/results.html", **results))
        # What is being typed should not fill the history; what is chosen can be gone back from.
        name = "HX-Replace-Url" if "typed" in request.args else "HX-Push-Url"
        response.headers[name] = url_for("user.discover", **wishes.arguments())
        return response
    return render_template(
        "pages/user/discover.html",
        **results,
        choices=finding.choices().with_wished(wishes),
        own_gender=default,
        sorts=SORTS,
        styles=STYLES,
        team_online=present.is_online,
    )


@blueprint.get("/favorites")
def favorites() -> ResponseReturnValue:
    """The characters a user wants to find again, and those looked at last."""
    account = guards.account_id()
    kept = finding.favorites(account)
    above = {one.id for one in kept}
    recent = [one for one in finding.recently_viewed(account) if one.id not in above]
    return render_template("pages/user/favorites.html", characters=kept, recent=recent)


@blueprint.get("/profile/<uuid:character_id>")
def profile(character_id: UUID) -> ResponseReturnValue:
    """One character's profile."""
    character = characters.get(character_id)
    chat_begun = False
    if guards.me().role == "user":
        chat_begun, unread = chats.beside_profile(character_id, guards.account_id())
        templating.viewer().unread = unread
        liking.note_view(character_id, guards.account_id())
    present = team.now()
    return render_template(
        "pages/user/profile.html",
        character=character,
        chat_begun=chat_begun,
        free_messages=settings.current().free_messages,
        available_now=present.is_online and character_id not in present.full,
    )


@blueprint.post("/profile/<uuid:character_id>/favorite")
def set_favorite(character_id: UUID) -> ResponseReturnValue:
    """Keeps a character among the favourites, or takes it out."""
    on = request.form.get("on") == "1"
    liking.set_favorite(character_id, guards.account_id(), on=on)
    if wants_fragment():
        heart = get_template_attribute("partials/character/heart.html", "heart")
        return str(heart(characters.get(character_id, published_only=False)))
    # Without scripts one stays where the heart was pressed.
    came_from = urlsplit(request.referrer or "")
    here = came_from.path if came_from.netloc == request.host else ""
    query = f"?{came_from.query}" if came_from.query else ""
    profile = url_for("user.profile", character_id=character_id)
    return redirect(forms.local_path(here + query if here else "", profile), 303)


@blueprint.post("/profile/<uuid:character_id>/chat")
def open_chat(character_id: UUID) -> ResponseReturnValue:
    """Leads into the chat with a character, made now if there is none; newcomers sign up first."""
    viewer = guards.me()
    if viewer.is_banned:
        return redirect(url_for("public.banned"))
    if viewer.role != "user":
        characters.get(character_id)
        here = url_for("user.open_chat", character_id=character_id)
        return redirect(url_for("people.get_started", next=here), 303)
    chat_id = chat_service.open_chat(character_id, guards.account_id())
    return redirect(url_for("chat.show", chat_id=chat_id), 303)


@blueprint.route("/consent", methods=["GET", "POST"])
def consent() -> ResponseReturnValue:
    """Asks again for consent when a text has changed, then leads to where the person was going."""
    following = forms.local_path(request.values.get("next", ""), url_for("user.discover"))
    error = ""
    if request.method == "POST":
        if request.form.get("consent") == "yes":
            accounts.agree(guards.account_id())
            return redirect(following, 303)
        error = "Please confirm that you understand how Fantooo works"
    return (
        render_template("pages/user/consent.html", next=following, error=error),
        400 if error else 200,
    )


def _filters(wishes: Wishes) -> list[Filter]:
    """What was wished, in the order of the page, each with the way back."""
    named: list[tuple[str, str, str]] = []
    if wishes.gender:
        words = {"female": "Women", "male": "Men", "other": "Others"}[wishes.gender]
        named.append(("gender", "", words))
    if wishes.text:
        named.append(("text", "", f"“{wishes.text}”"))
    if wishes.age_from or wishes.age_to:
        named.append(("age", "", _ages(wishes)))
    for name in ("style", "category", "place"):
        value = getattr(wishes, name)
        if value:
            named.append((name, "", value.capitalize()))
    named += [("tag", tag, tag) for tag in wishes.tags]
    named += [("interest", interest, interest) for interest in wishes.interests]
    if wishes.featured:
        named.append(("featured", "", "Featured"))
    if wishes.online:
        named.append(("online", "", "Team online"))
    return [Filter(words, wishes.without(name, value)) for name, value, words in named]


def _instead(filters: list[Filter], full: frozenset[UUID]) -> list[tuple[Filter, int]]:
    """When nobody fits: which single wish to take back, and how many fit then, the most first."""
    if len(filters) < 2:
        return []
    tried = filters[:_TRIED]
    counts = finding.fitting([one.others for one in tried], full)
    found = [(one, count) for one, count in zip(tried, counts, strict=True) if count]
    return sorted(found, key=lambda each: -each[1])[:_INSTEAD]


def _ages(wishes: Wishes) -> str:
    if wishes.age_from and wishes.age_to:
        return f"{wishes.age_from}–{wishes.age_to}"
    return f"{wishes.age_from} and older" if wishes.age_from else f"up to {wishes.age_to}"
