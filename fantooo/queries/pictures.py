"""Pictures as pages show them: which sizes of them are ready, read along with what they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, column, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from fantooo.models import FictionalUser as F, Media


@dataclass(frozen=True)
class Picture:
    """One picture that is ready in ``widths`` (pixels, ascending, at least one)."""

    name: str
    width: int
    height: int
    #: a ``data:`` address of a few blurred spots
    placeholder: str
    widths: tuple[int, ...]

    def nearest(self, width: int) -> int:
        """The ready size for so many pixels: the smallest that is not smaller, else the largest."""
        return min((each for each in self.widths if each >= width), default=self.widths[-1])


def of_character(limit: int | None = None) -> ColumnElement[Any]:
    """The first ``limit`` ready pictures of the statement's character, for ``read``; None: all.

    A part of the statement that finds the characters, so that pictures ask nothing of their own.
    """
    named = (
        func.unnest(F.profile_pictures)
        .table_valued(column("name"), with_ordinality="place", name="named")
        .render_derived()
    )
    ready = (
        select(
            func.jsonb_build_array(
                Media.name, Media.width, Media.height, Media.placeholder, Media.widths
            ).label("picture"),
            named.c.place,
        )
        .select_from(named)
        .join(Media, Media.name == named.c.name)
        .where(Media.kind == "character", func.cardinality(Media.widths) > 0)
        .order_by(named.c.place)
        .limit(limit)
        .correlate(F)
        .subquery("ready")
    )
    return select(
        func.jsonb_agg(aggregate_order_by(ready.c.picture, ready.c.place), type_=JSONB)
    ).scalar_subquery()


def read(found: list[list[Any]] | None) -> list[Picture]:
    """The pictures of a row's ``of_character``."""
    return [_picture(values) for values in found or ()]


def first(found: list[list[Any]] | None) -> Picture | None:
    """The first picture of a row's ``of_character``, None when none is ready."""
    return _picture(found[0]) if found else None


def _picture(values: list[Any]) -> Picture:
    name, width, height, placeholder, widths = values
    return Picture(name, width, height, placeholder, tuple(widths))
