"""What people type about themselves: names, ages, passwords. Each check returns field -> text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fantooo.domain import masking, wording
from fantooo.domain.common_passwords import COMMON_PASSWORDS

GENDERS = ("male", "female", "other")
LOOKING_FOR = ("male", "female", "both")
LANGUAGES = tuple(wording.LANGUAGES)
THEMES = ("system", "light", "dark")
#: what a user may want to be told of outside the page
NOTICES = ("replies", "refunds", "payments", "security")
PASSWORD_MIN, PASSWORD_MAX = 10, 128
BIO_MAX = 500
#: of oneself
PHOTOS_MAX = 6
_NAME = re.compile(r"[A-Za-z0-9_]{3,20}")
#: plain addresses alone: with quotes, comments or lists several spellings would reach one mailbox
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_{|}~-]{1,64}(?:\.[a-z0-9!#$%&'*+/=?^_{|}~-]{1,64})*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)
_PHONE = re.compile(r"\d(?:_*\d){7,}")
_LOOKALIKES = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "3": "e", "4": "a", "5": "s", "7": "t", "_": ""}
)


def _skeleton(name: str) -> str:
    """``name`` as the eye takes it: 1, I and l are one sign, 0 and o another."""
    return name.casefold().translate(_LOOKALIKES)


#: names that would pass for us, as the eye takes them
_RESERVED = frozenset(
    map(
        _skeleton,
        "admin administrator root support help fantooo team staff operator operators moderator mod"
        " system official security privacy abuse billing payments paystack mpesa everyone nobody"
        " null undefined me login logout settings".split(),
    )
)


@dataclass(frozen=True)
class Registration:
    """A sign-up as typed."""

    username: str = ""
    location: str = ""
    gender: str = ""
    age: str = ""
    looking_for: str = ""
    password: str = ""
    confirm_password: str = ""
    consent: bool = False


#: and those that make any name pass for us, standing by themselves in it
_OURS = frozenset(
    map(_skeleton, "admin administrator support team staff moderator official billing".split())
)


def _passes_for_us(name: str) -> bool:
    """Whether a name is a reserved one, has ours in it, or a word of ours by itself."""
    skeleton = _skeleton(name)
    words = (_skeleton(word) for word in re.split(r"[\W_\d]+", name))
    return (
        skeleton in _RESERVED
        or _skeleton("fantooo") in skeleton
        or any(word in _OURS for word in words)
    )


def check_username(username: str) -> str:
    """Why a user name cannot be taken by anybody; empty when it can."""
    if not _NAME.fullmatch(username):
        return "Use 3 to 20 letters, digits or _"
    if _passes_for_us(username):
        return "This name is reserved"
    if _PHONE.search(username):
        return "Do not use a number people could call"
    return ""


def check_display_name(name: str) -> str:
    """Why a cleaned display name cannot be taken; empty when it can."""
    if not 2 <= len(name) <= 30 or "\n" in name or not any(c.isalpha() for c in name):
        return "Use 2 to 30 characters, with a letter among them"
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if c.isalnum())
    if _skeleton(plain) in _RESERVED or _passes_for_us(name):
        return "This name is reserved"
    if masking.mask(name) != name or _PHONE.search(plain):
        return "Do not use a number or an address people could reach you at"
    return ""


def check_bio(bio: str) -> str:
    """Why a cleaned bio cannot be taken; empty when it can."""
    return f"Use at most {BIO_MAX} characters" if len(bio) > BIO_MAX else ""


def normal_email(email: str) -> str:
    """An e-mail address as it is kept and compared: in one case, without outer blanks."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def check_email(email: str) -> str:
    """Why a normalised e-mail address cannot be taken; empty when it can."""
    fits = len(email) <= 254 and _EMAIL.fullmatch(email)
    return "" if fits else "Enter an e-mail address such as amina@example.com"


def check_step(step: int, form: Registration) -> dict[str, str]:
    """The errors of one onboarding step (1 name, 2 about you, 3 password), by field name."""
    if step == 1:
        found = {"username": check_username(form.username)}
    elif step == 2:
        found = {
            "location": check_location(form.location),
            "gender": "" if form.gender in GENDERS else "Choose one",
            "age": check_age(form.age),
            "looking_for": "" if form.looking_for in LOOKING_FOR else "Choose one",
        }
    else:
        found = {
            "password": check_password(form.password, form.username),
            "confirmPassword": ""
            if form.password == form.confirm_password
            else "The two passwords differ",
            "consent": ""
            if form.consent
            else "Please confirm that you understand how Fantooo works",
        }
    return {field: text for field, text in found.items() if text}


def check_age(age: str) -> str:
    """Why an age as typed cannot be taken; empty when it can."""
    years = age_of(age)
    if years is None or years > 100:
        return "Enter an age between 18 and 100"
    return "Must be 18 or older" if years < 18 else ""


def age_of(typed: str) -> int | None:
    """The years that were typed, in digits of any script; None when that is no age."""
    # int() leaves fewer kinds of white space out than strip() does.
    digits = typed.strip()
    return int(digits) if re.fullmatch(r"\d{1,3}", digits) else None


def check_password(password: str, username: str) -> str:
    """Why a password cannot be taken; empty when it can. No special signs are asked for."""
    if len(password) < PASSWORD_MIN:
        return f"Use at least {PASSWORD_MIN} characters"
    if len(password) > PASSWORD_MAX:
        return f"Use at most {PASSWORD_MAX} characters"
    folded = unicodedata.normalize("NFKC", password).casefold()
    if folded in COMMON_PASSWORDS or len(set(folded)) < 4:
        return "This password is too common"
    if len(username) >= 3 and username.casefold() in folded:
        return "The password must not contain your user name"
    return ""


def check_location(location: str) -> str:
    """Why a town as typed cannot be taken; empty when it can. It need not be one we know."""
    if not 2 <= len(location.strip()) <= 80:
        return "Enter the town you live in"
    return "" if any(c.isalpha() for c in location) else "Enter the town you live in"


def age_on(day: date, age: int, given_on: date) -> int:
    """The age today of somebody who was ``age`` on ``given_on``: at least that many years later."""
    years = day.year - given_on.year - ((day.month, day.day) < (given_on.month, given_on.day))
    return age + max(0, years)


def name_suggestions(username: str, taken: Mapping[str, bool]) -> list[str]:
    """Two free names like the wished one. ``taken`` says of each ``name_variants`` whether it is."""
    return [name for name in name_variants(username) if not taken.get(name, False)][:2]


def name_variants(username: str) -> list[str]:
    """Names like the wished one that could be offered instead; others where none like it may be."""
    stem = re.sub(r"[^A-Za-z0-9_]", "", username)[:15] or "friend"
    stem = stem if len(stem) >= 3 else f"{stem}_ke"
    variants = [f"{stem}{suffix}" for suffix in ("_ke", "254", "_21", "_77", "_x", "2026", "_pm")]
    allowed = [name for name in variants if not check_username(name)]
    return allowed if len(allowed) > 1 else name_variants("friend")
