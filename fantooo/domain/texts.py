"""Versions of the texts people agree to. A new version asks again; the words are in templates."""

from __future__ import annotations

from datetime import date

#: name -> (version, day it came into force)
TEXT_VERSIONS = {
    "terms": ("1.2", date(2026, 11, 28)),
    "privacy": ("1.5", date(2026, 11, 28)),
    "how_it_works": ("1.0", date(2026, 11, 24)),
}
#: what the onboarding box stands for
CONSENT = ("fictional_characters", "1.0")


def to_agree_to() -> list[tuple[str, str]]:
    """Name and version of each text that a user must have agreed to."""
    return [CONSENT, *((name, version) for name, (version, _day) in TEXT_VERSIONS.items())]
