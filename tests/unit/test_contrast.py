"""The palette can be read: WCAG 2.2 contrast of every pair of tokens that meet on the screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_CSS = Path(__file__).resolve().parents[2] / "static" / "css"
_PAIR = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in _PAIR.findall((_CSS / "tokens.css").read_text())
}
#: what stands behind: the page with the glow of its mesh, and the solid pane
GROUNDS = ("paper", "pane-solid", "glow-1", "glow-2", "glow-3")
#: text (4.5:1) and the grounds it is used on
TEXT = {
    "ink": (*GROUNDS, "wash", "gold-wash"),
    "ink-2": (*GROUNDS, "wash"),
    "ink-3": ("paper", "pane-solid"),
    "passion-strong": (*GROUNDS, "wash"),
    "gold": ("paper", "pane-solid", "gold-wash"),
    "danger": ("paper", "pane-solid", "danger-wash"),
    "ok": ("paper", "pane-solid", "ok-wash"),
    "paper": ("ink", "danger"),
}
#: lines and signs that carry meaning (3:1)
SIGNS = {
    "field-line": ("paper", "pane-solid"),
    "violet": (*GROUNDS, "wash"),
    "passion": ("paper", "pane-solid", "wash"),
    "here": ("paper", "pane-solid"),
    "switch-on": ("pane-solid",),
    "switch-off": ("pane-solid",),
}
WHITE_ON = ("mine-from", "mine-to")
#: shapes of what is not there yet: they say nothing, so they need not be told apart
SHAPES = {"bone", "bone-lit"}
THEMES = ("light", "dark")


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, as WCAG defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _rows(pairs: dict[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    return [
        (theme, front, ground)
        for front, grounds in pairs.items()
        for ground in grounds
        for theme in THEMES
    ]


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#e91e63") == pytest.approx(4.35, abs=0.01)
    assert contrast("#c2185b", "#ffffff") == pytest.approx(5.87, abs=0.01)


@pytest.mark.parametrize(("theme", "front", "ground"), _rows(TEXT))
def test_text_can_be_read(theme: str, front: str, ground: str) -> None:
    ratio = contrast(TOKENS[front][theme], TOKENS[ground][theme])
    assert ratio >= 4.5, f"--{front} on --{ground} in {theme}: {ratio:.2f}"


@pytest.mark.parametrize(("theme", "front", "ground"), _rows(SIGNS))
def test_signs_can_be_seen(theme: str, front: str, ground: str) -> None:
    ratio = contrast(TOKENS[front][theme], TOKENS[ground][theme])
    assert ratio >= 3, f"--{front} on --{ground} in {theme}: {ratio:.2f}"


@pytest.mark.parametrize("ground", WHITE_ON)
@pytest.mark.parametrize("theme", THEMES)
def test_white_on_the_accent_can_be_read(theme: str, ground: str) -> None:
    assert contrast("#ffffff", TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_the_knob_of_a_switch_can_be_seen(theme: str) -> None:
    for ground in ("switch-on", "switch-off"):
        assert contrast("#ffffff", TOKENS[ground][theme]) >= 3


@pytest.mark.parametrize("variant", ["passion", "luxury"])
def test_white_on_a_button_can_be_read(variant: str) -> None:
    """Whatever end of its gradient; one palette for both lights."""
    css = (_CSS / "components" / "button.css").read_text()
    rule = re.search(rf"^\.btn\.{variant} {{([^}}]*)}}", css, re.M)
    assert rule
    ends = re.findall(r"#[0-9a-f]{6}", rule[1].partition("box-shadow")[0])
    ends += [TOKENS[end][theme] for end in WHITE_ON for theme in THEMES if "--mine" in rule[1]]
    assert len(ends) >= 2
    for end in ends:
        assert contrast("#ffffff", end) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("variant", ["default", "elevated", "subtle"])
def test_words_on_a_card_can_be_read(theme: str, variant: str) -> None:
    """A pane lets through what is behind it: the glows of the page, at their strongest."""
    panes = {
        "default": {"light": ((255, 255, 255), 0.66), "dark": ((52, 30, 62), 0.55)},
        "elevated": {which: (_parts(TOKENS["pane-solid"][which]), 1) for which in THEMES},
        "subtle": {which: (_parts(TOKENS["pane-solid"][which]), 0.62) for which in THEMES},
    }
    colour, alpha = panes[variant][theme]
    for ground in GROUNDS:
        behind = _parts(TOKENS[ground][theme])
        mixed = [round(a * alpha + b * (1 - alpha)) for a, b in zip(colour, behind, strict=True)]
        pane = "#{:02x}{:02x}{:02x}".format(*mixed)
        for front in ("ink", "ink-2", "passion-strong", "danger", "ok"):
            assert contrast(TOKENS[front][theme], pane) >= 4.5, (front, ground)


def test_the_cards_are_what_is_measured() -> None:
    tokens = (_CSS / "tokens.css").read_text()
    assert "--pane: light-dark(rgb(255 255 255 / 0.66), rgb(52 30 62 / 0.55));" in tokens
    card = (_CSS / "components" / "card.css").read_text()
    assert "color-mix(in srgb, var(--pane-solid) 62%, transparent)" in card
    elevated = re.search(r"^\.card\.elevated {[^}]*background: ([^;]+);", card, re.M)
    assert elevated
    assert elevated[1] == "var(--pane-solid)"


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


@pytest.mark.parametrize("name", ["char-text", "fict"])
def test_words_on_a_picture_can_be_read_whatever_the_picture(name: str) -> None:
    """Their veil is thick enough even on white."""
    css = (_CSS / "components" / "character.css").read_text()
    rule = re.search(
        rf"^\.{name} {{[^}}]*background: rgb\((\d+) (\d+) (\d+) / ([\d.]+)\)", css, re.M
    )
    assert rule
    *veil, alpha = (float(part) for part in rule.groups())
    mixed = [round(part * alpha + 255 * (1 - alpha)) for part in veil]
    ground = "#{:02x}{:02x}{:02x}".format(*mixed)
    assert contrast("#ffffff", ground) >= 7
    assert contrast("#ffe3a6", ground) >= 4.5


def test_every_colour_token_is_measured() -> None:
    """A new colour without a row fails here."""
    lines_and_glows = {"edge", "line", "pane"}
    known = {*TEXT, *SIGNS, *WHITE_ON, *GROUNDS, "wash", "gold-wash", "ok-wash", "danger-wash"}
    assert set(TOKENS) <= known | lines_and_glows | SHAPES
