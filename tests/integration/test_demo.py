"""The demo world: its credits add up, its ids follow its times, its people can sign in."""

from __future__ import annotations

import io
import random
import re
from collections import defaultdict
from contextlib import nullcontext
from itertools import chain
from uuid import UUID

import pytest
import resvg_py
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, text, update

from fantooo.cli.seed import seed
from fantooo.demo import conversations, hair, logins, people, portraits
from fantooo.demo.characters import PERSONAS, Persona
from fantooo.demo.live import LABEL, LiveDemo
from fantooo.demo.looks import LOOKS
from fantooo.demo.stage import FORMS
from fantooo.domain.outgoing import refusal
from fantooo.infra import storage
from fantooo.infra.pictures import FORMATS
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import (
    Chat,
    ChatAssignment,
    ChatQueueEntry,
    CreditTransfer,
    Favorite,
    FictionalUser,
    Message,
    Operator,
    RealUser,
    Transaction,
)
from fantooo.services import pictures
from fantooo.services.credits import verify_ledger
from tests.support import factories

_SMALL = ["--characters", "12", "--users", "14", "--operators", "3", "--chats", "60"]
#: explicit, or a promise of what is not on offer, or a kind of person made a joke of
_NEVER = re.compile(
    r"\b(sex\w*|nude|naked|kinky|horny|orgasm\w*|breasts?|thighs?|boobs?|penis|vagina|lorem|ipsum|exotic|tribal"
    r"|tribe|jungle|savage|authentic|dusky|ebony|see you (?:tomorrow|tonight|on \w+day)|meet me|visit me"
    r"|book(?:ed)? a room|my (?:number|address|hotel))\b",
    re.IGNORECASE,
)


@pytest.fixture
def planted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small demo world without pictures; what the command printed."""
    monkeypatch.setattr(portraits, "drawing", lambda _kept, _names: nullcontext([]))
    done = app.test_cli_runner().invoke(seed, _SMALL)
    assert done.exit_code == 0, done.output
    return done.output


def test_ledger_is_clean(planted: str) -> None:
    assert verify_ledger() == []
    for role, login, password in logins():
        assert role in planted
        assert login in planted
        assert password in planted
    assert "Demo data made in" in planted


def test_sizes_are_as_asked(planted: str) -> None:
    with unit_of_work(as_system=True) as work:
        for model, count in ((FictionalUser, 12), (RealUser, 14), (Operator, 3), (Chat, 60)):
            assert work.session.scalar(select(func.count()).select_from(model)) == count, model


def test_the_defaults_are_the_whole_world() -> None:
    defaults = {option.name: option.default for option in seed.params}
    assert defaults["characters"] == len(PERSONAS) >= 40
    assert defaults["operators"] == len(people.OPERATORS) == 12
    assert (defaults["users"], defaults["chats"]) == (200, 1500)
    names = people.user_names(200)
    assert len(set(names)) == 200
    assert all(3 <= len(name) <= 20 and name.replace("_", "").isalnum() for name in names)


def test_a_second_time_does_nothing(app: Flask, planted: str) -> None:
    runner = app.test_cli_runner()
    again = runner.invoke(seed, ["--if-empty"])
    assert again.exit_code == 0, again.output
    assert "Demo data made" not in again.output
    refused = runner.invoke(seed, [])
    assert refused.exit_code == 1
    assert "There is data already" in refused.output
    with unit_of_work(as_system=True) as work:
        assert work.session.scalar(select(func.count()).select_from(Chat)) == 60


def test_ids_follow_the_times(planted: str) -> None:
    """UUIDv7 of each row's moment, and in every chat the order of ids is the order of seq."""
    with unit_of_work(as_system=True) as work:
        for model in (Message, CreditTransfer, Transaction, Chat):
            for id_, created_at in work.session.execute(select(model.id, model.created_at)):
                assert id_.version == 7
                assert id_.int >> 80 == int(created_at.timestamp() * 1000), model
        chats = defaultdict(list)
        rows = select(Message.chat_id, Message.seq, Message.created_at).order_by(Message.id)
        for chat_id, seq, created_at in work.session.execute(rows):
            chats[chat_id].append((seq, created_at))
        for messages in chats.values():
            assert [seq for seq, _at in messages] == list(range(1, len(messages) + 1))
            assert [at for _seq, at in messages] == sorted(at for _seq, at in messages)


def test_no_wallet_was_ever_below_zero(planted: str) -> None:
    with unit_of_work(as_system=True) as work:
        balances: dict[object, int] = defaultdict(int)
        rows = select(
            CreditTransfer.real_user_id, CreditTransfer.credit_account, CreditTransfer.amount
        )
        for user_id, credit_account, amount in work.session.execute(
            rows.order_by(CreditTransfer.created_at, CreditTransfer.id)
        ):
            balances[user_id] += amount if credit_account == "wallet" else -amount
            assert balances[user_id] >= 0
        assert sum(amount > 0 for amount in balances.values()) > 1


def test_demo_user_has_ten_credits_and_used_its_free_messages(planted: str) -> None:
    with unit_of_work(as_system=True) as work:
        user = work.session.scalars(select(RealUser).where(RealUser.username == "demo")).one()
        assert user.credits == 10
        chats = work.session.execute(
            select(FictionalUser.is_featured, Chat.free_messages_used, Chat.total_credits_spent)
            .join(FictionalUser, FictionalUser.id == Chat.fictional_user_id)
            .where(Chat.real_user_id == user.id)
        ).all()
    # One text at 14:00 takes 10 credits to 9 with a character who is not featured.
    assert (False, 3, 0) in chats
    assert (True, 3, 0) in chats


def test_chats_stand_in_every_way(planted: str) -> None:
    """Waiting (and queued), lively, idle, closed, unread ones; several sittings with pauses between."""
    with unit_of_work(as_system=True) as work:
        chats = work.session.scalars(select(Chat)).all()
        waiting = {chat.id for chat in chats if chat.waiting_since}
        assert len(waiting) == 6
        assert set(work.session.scalars(select(ChatQueueEntry.chat_id))) == waiting
        assert {"active", "idle", "closed"} == {chat.status for chat in chats}
        assert any(chat.user_read_seq < chat.last_fictional_seq for chat in chats)
        assert len({chat.message_count for chat in chats}) > 10
        turns = work.session.execute(
            select(ChatAssignment.chat_id, func.count()).group_by(ChatAssignment.chat_id)
        ).all()
        assert max(count for _id, count in turns) > 1
        hours = work.session.execute(
            # What is going on just now is going on at the hour of the test.
            text(
                "SELECT extract(hour FROM created_at AT TIME ZONE 'Africa/Nairobi')::int AS hour, count(*)"
                " FROM messages WHERE created_at < now() - interval '1 day' GROUP BY 1"
            )
        ).all()
        by_hour = defaultdict(int, dict(hours))
        evening, night = (sum(by_hour[h] for h in hs) for hs in (range(18, 24), range(1, 7)))
        assert evening > 3 * night


def test_characters_are_told_apart_by_what_people_think_of_them(planted: str) -> None:
    """Answers, stars and hearts differ, and the demo user's page of favourites is not empty."""
    with unit_of_work(as_system=True) as work:
        figures = work.session.execute(
            select(
                FictionalUser.response_seconds,
                FictionalUser.rating_count,
                FictionalUser.rating_average,
                FictionalUser.favorite_count,
            )
        ).all()
        mine = work.session.scalar(
            select(func.count())
            .select_from(Favorite)
            .join(RealUser, RealUser.id == Favorite.real_user_id)
            .where(RealUser.username == "demo")
        )
    known = [row.response_seconds for row in figures if row.response_seconds is not None]
    assert max(known) > 2 * min(known)
    assert len({row.rating_average for row in figures if row.rating_count}) > 1
    assert sum(row.favorite_count for row in figures) > mine > 0


def test_production_refuses(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(app.config["SETTINGS"]), "is_production", True)
    refused = app.test_cli_runner().invoke(seed, [])
    assert refused.exit_code == 1
    assert "no place in production" in refused.output


def test_one_picture_of_each_is_drawn_at_once_the_rest_by_job(app: Flask) -> None:
    done = app.test_cli_runner().invoke(seed, [*_SMALL[:-1], "4"])
    assert done.exit_code == 0, done.output
    kept = storage.media()
    with unit_of_work(as_system=True) as work:
        characters = dict(
            work.session.execute(select(FictionalUser.slug, FictionalUser.profile_pictures)).all()
        )
    assert characters == {slug: portraits.names(slug) for slug in characters}
    ready = pictures.ready()
    assert set(ready) == {name for names in characters.values() for name in names}
    for first, *others in characters.values():
        assert ready[first] == [128, 384, 640]
        assert {tuple(ready[name]) for name in others} == {()}
    files = _files(kept, ready)
    assert len(files) == 12 * 6
    assert len({data for name, data in files.items()}) == len(files)

    # What is missing at the next start is drawn then; what the job has to do is left to it.
    gone = pictures.file_name(characters["amani"][0], 384, "avif")
    kept.delete(gone)
    again = app.test_cli_runner().invoke(seed, ["--if-empty"])
    assert again.exit_code == 0, again.output
    assert not kept.exists(gone), "two of three sizes are enough for a start"
    assert pictures.ready()[characters["amani"][0]] == [128, 640]
    for width in (128, 640):
        kept.delete(pictures.file_name(characters["amani"][0], width, "webp"))
    assert app.test_cli_runner().invoke(seed, ["--if-empty"]).exit_code == 0
    assert pictures.ready()[characters["amani"][0]] == [128, 384, 640]
    assert kept.exists(gone)


def test_pictures_of_an_earlier_hand_are_replaced(app: Flask, planted: str) -> None:
    """A home from before pictures had names, and one whose drawings have changed."""
    kept = storage.media()
    folder = kept.root / "characters" / "amani"  # type: ignore[attr-defined]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "0-384.webp").write_bytes(b"RIFF")
    earlier = "characters/zawadi/drawn-0-00000000"
    kept.save(f"{earlier}-128.webp", b"RIFF")
    own = ["characters/kofi/a", "characters/kofi/b", "characters/kofi/c"]
    with unit_of_work(as_system=True) as work:
        for slug, names in (
            ("amani", ["0", "1", "2"]),
            ("zawadi", [earlier, *portraits.names("zawadi")[1:]]),
            ("kofi", own),
        ):
            done = work.session.execute(
                update(FictionalUser)
                .where(FictionalUser.slug == slug)
                .values(profile_pictures=names)
            )
            assert done.rowcount == 1, slug
        work.session.add(factories.picture(earlier))
    assert app.test_cli_runner().invoke(seed, ["--if-empty"]).exit_code == 0
    with unit_of_work(as_system=True) as work:
        characters = dict(
            work.session.execute(select(FictionalUser.slug, FictionalUser.profile_pictures)).all()
        )
    assert characters["amani"] == portraits.names("amani")
    assert characters["zawadi"] == portraits.names("zawadi")
    assert characters["kofi"] == own, "what somebody else gave a character stays"
    assert earlier not in pictures.ready()
    assert not kept.exists(f"{earlier}-128.webp")
    assert not (folder / "0-384.webp").exists()


def _files(kept: storage.Storage, ready: dict[str, list[int]]) -> dict[str, bytes]:
    """Every file there should be, which is as large as it says."""
    files = {}
    for name, widths in ready.items():
        for width in widths:
            for format_ in FORMATS:
                with kept.open(pictures.file_name(name, width, format_)) as file:
                    files[file.name] = file.read()
                with Image.open(io.BytesIO(files[file.name])) as opened:
                    assert opened.format == format_.upper()
                    assert opened.size == (width, width * 5 // 4)
    return files


def test_a_drawing_has_its_size_and_something_on_it() -> None:
    name = portraits.names("deng")[0]
    for width in (128, 384):
        drawn = portraits.make(name, width)
        assert drawn.size == (width, width * 5 // 4)
        assert len(drawn.convert("RGB").resize((40, 50)).getcolors(2000) or []) > 200
    for unknown in ("characters/deng/drawn-0-00000000", "characters/nobody/drawn-0-12345678", "0"):
        with pytest.raises(LookupError):
            portraits.make(unknown, 128)


def test_every_look_is_one_character_and_every_picture_another() -> None:
    assert set(LOOKS) == {persona.slug for persona in PERSONAS}
    drawings = {
        (slug, n): portraits.svgs(slug, n) for slug in LOOKS for n in range(portraits.count(slug))
    }
    assert len(set(drawings.values())) == len(drawings) >= 40 * 3
    assert {portraits.count(slug) for slug in LOOKS} == {3, 4, 5}
    shots = list(chain.from_iterable(look.shots for look in LOOKS.values()))
    assert {shot.form for shot in shots} == set(FORMS), "no backdrop is there for nothing"
    worn = {look.hair for look in LOOKS.values()} | {shot.hair for shot in shots if shot.hair}
    assert worn == set(hair.KINDS), "no style is there for nothing"
    identities = {(look.skin, look.hair, look.hair_colour, look.bones) for look in LOOKS.values()}
    assert len(identities) == len(LOOKS)
    for look in LOOKS.values():
        assert len({(shot.light, shot.form) for shot in look.shots}) == len(look.shots)
        assert len({(shot.clothes, shot.colour) for shot in look.shots}) == len(look.shots)
    # Every one of them can be drawn: resvg refuses what is not well formed.
    for slug in LOOKS:
        for svg in drawings[slug, 0]:
            assert resvg_py.svg_to_bytes(svg_string=svg, width=16, skip_system_fonts=True)


def _said(persona: Persona) -> list[str]:
    threads = (persona.opening, *persona.threads)
    return [answer for thread in threads for _line, answer in thread]


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.slug)
def test_a_persona_is_complete(persona: Persona) -> None:
    assert 24 <= persona.age <= 58
    assert persona.gender in ("female", "male", "other")
    for text_ in (
        persona.name,
        persona.location,
        persona.occupation,
        persona.education,
        persona.status,
    ):
        assert text_.strip()
    assert 15 <= len(persona.tagline) <= 70
    assert 120 <= len(persona.bio) <= 400
    assert len(persona.guidelines) >= 80, "operators need to know how to play the character"
    assert len(set(persona.traits)) == 3
    assert len(set(persona.interests)) == 4
    assert 2 <= len(persona.tags) <= 4
    assert 3 <= len(persona.templates) <= 5
    assert "{name}" in persona.templates["greeting"]
    used = set(re.findall(r"\{(\w+)\}", " ".join(persona.templates.values())))
    assert used <= {"name", "time_of_day"}
    assert len(persona.opening) >= 2
    assert len(persona.threads) >= 3, "chats of one character differ"
    assert all(len(thread) == 3 for thread in persona.threads)


def test_the_team_of_characters_is_varied() -> None:
    assert len({persona.slug for persona in PERSONAS}) == len(PERSONAS) >= 40
    count = defaultdict(int)
    for persona in PERSONAS:
        count[persona.gender] += 1
        count[persona.style] += 1
        count[persona.category or ""] += 1
        count["featured"] += persona.featured
    assert min(count["female"], count["male"]) >= 12
    assert count["other"] >= 3
    assert all(
        count[style] >= 4 for style in ("flirty", "romantic", "friendly", "intellectual", "playful")
    )
    assert 4 <= count["featured"] <= 12
    assert min(p.age for p in PERSONAS) <= 25
    assert max(p.age for p in PERSONAS) >= 55
    assert len({persona.location for persona in PERSONAS}) >= 25
    assert len({persona.occupation for persona in PERSONAS}) == len(PERSONAS)


def test_no_two_sound_alike() -> None:
    """Every sentence of a persona is there once, and nobody begins like somebody else."""
    texts = [
        text_
        for p in PERSONAS
        for text_ in (p.name, p.tagline, p.bio, p.guidelines, *p.templates.values(), *_said(p))
    ]
    texts += [answer for thread in conversations.THREADS for _line, answer in thread]
    assert len({text_.casefold() for text_ in texts}) == len(texts)
    beginnings = [
        " ".join(p.templates["greeting"].replace("{name}", "").split()[:4]) for p in PERSONAS
    ]
    assert len(set(beginnings)) == len(beginnings)


def test_nothing_is_said_that_may_not_be_said() -> None:
    """The product's own rules for characters hold for the demo, and a list of words nobody wants."""
    for persona in PERSONAS:
        lines = [persona.tagline, persona.bio, *persona.templates.values(), *_said(persona)]
        for line in lines:
            assert not refusal(line), (persona.slug, line, refusal(line))
        asked = [line for thread in (persona.opening, *persona.threads) for line, _answer in thread]
        for line in (*lines, *asked, persona.guidelines):
            assert not _NEVER.search(line.replace("never explicit", "")), (persona.slug, line)
    for thread in conversations.THREADS:
        for line, answer in thread:
            assert not refusal(answer), answer
            assert not _NEVER.search(f"{line} {answer}"), line


def test_simulated_people_answer_and_write_and_say_so(planted: str) -> None:
    """Whoever tries Fantooo alone gets an answer; nobody can take it for the team's."""
    told: list[str] = []
    house = LiveDemo(2, 1, told.append, random.Random(7))
    assert house.size == (2, 1)
    anna = factories.user()
    chat = factories.open_chat(anna, factories.character(slug="zola", name=PERSONAS[0].name))
    factories.send(anna, chat, "Good evening")
    assert house.step(0) == 0, "nobody answers before they have read"
    assert house.step(10) >= 1, told
    with unit_of_work(as_system=True) as work:
        said = work.session.scalars(
            select(Message.content).where(
                Message.chat_id == chat, Message.sender_type == "fictional"
            )
        ).all()
    assert len(said) == 1 and said[0].startswith(f"{LABEL} ")
    before = _messages()
    sent = sum(house.step(second) for second in range(11, 200))
    after = _messages()
    added = [content for key, content in after.items() if key not in before]
    assert len(added) == sent and all(content.startswith(LABEL) for content in added), told
    assert {"real", "fictional"} == {side for side, _id in after.keys() - before.keys()}, told
    house.end()
    with unit_of_work(as_system=True) as work:
        at_work = work.session.scalar(
            select(func.count()).select_from(Operator).where(Operator.is_available)
        )
    assert at_work == 0


def _messages() -> dict[tuple[str, UUID], str]:
    with unit_of_work(as_system=True) as work:
        rows = work.session.execute(select(Message.sender_type, Message.id, Message.content))
        return {(row.sender_type, row.id): row.content or "" for row in rows}
