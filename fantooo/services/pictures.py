"""Pictures in the storage and what the database knows of them; sizes that are missing are made by job.

A size is announced only when its files are there, so pages are right at every moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module

import structlog
from PIL import Image
from sqlalchemy import (
    ColumnElement,
    Integer,
    SmallInteger,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from fantooo.infra import pictures, storage
from fantooo.infra.storage import Storage
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Media

log = structlog.get_logger(__name__)

#: what is made of a picture first: enough for cards, galleries and faces
FIRST_WIDTHS = (128, 384, 640)
#: so long one run of the job goes on beginning with another picture
_RUN_SECONDS = 40.0
#: who can make a picture again, by dotted name: a development's demo world alone draws pictures
_MAKER = "fantooo.demo.portraits.make"
Maker = Callable[[str, int], Image.Image]


@dataclass(frozen=True)
class Made:
    """Sizes of a picture whose files are in the storage now."""

    name: str
    widths: list[int]
    placeholder: str


@dataclass(frozen=True)
class Finished:
    """What a run of the job did: pictures, and how many are left."""

    made: int
    left: int


def add(work: UnitOfWork, names: Iterable[str], width: int, height: int) -> None:
    """Makes characters' pictures known, of that full size, none of their sizes ready yet."""
    rows = [{"name": name, "kind": "character", "width": width, "height": height} for name in names]
    if rows:
        work.session.execute(insert(Media).values(rows).on_conflict_do_nothing())


def keep(kept: Storage, name: str, image: Image.Image, widths: Iterable[int]) -> Made:
    """Writes ``image`` in ``widths`` and every format. Changes no row; any process may do it."""
    wanted = sorted(widths)
    for each in pictures.renditions(image, wanted):
        kept.save(file_name(name, each.width, each.format), each.data)
    return Made(name, wanted, pictures.placeholder(image))


def file_name(name: str, width: int, format_: str) -> str:
    """The file of a picture in one size and format."""
    return f"{name}-{width}.{format_}"


def announce(made: Iterable[Made]) -> None:
    """Tells pages that these sizes are ready; those that were stay so."""
    for one in made:
        both = func.unnest(Media.widths + cast(one.widths, ARRAY(SmallInteger))).column_valued()
        ready = select(both).distinct().order_by(both)
        with unit_of_work(as_system=True) as work:
            work.session.execute(
                update(Media)
                .where(Media.name == one.name)
                .values(
                    widths=func.array(ready.scalar_subquery()),
                    placeholder=case(
                        (Media.placeholder == "", one.placeholder), else_=Media.placeholder
                    ),
                )
                .execution_options(synchronize_session=False)
            )


def finish(seconds: float = _RUN_SECONDS) -> Finished:
    """Makes the sizes that are missing, for some ``seconds``; what nobody has seen yet comes first.

    May be broken off anywhere and run beside itself: files are whole or not there, and the same
    name always means the same picture.
    """
    until = time.monotonic() + seconds
    made = 0
    for name, width, ready in (unfinished := _unfinished()):
        if time.monotonic() >= until:
            break
        missing = [each for each in pictures.possible_widths(width) if each not in ready]
        wanted = [each for each in missing if each in FIRST_WIDTHS] or missing
        try:
            image = _maker()(name, max(wanted))
        except LookupError:
            # Of an earlier drawing: whoever drew it knows it no more, and takes it away.
            log.warning("picture_unknown", picture=name)
            continue
        announce([keep(storage.media(), name, image, wanted)])
        made += 1
    return Finished(made, len(unfinished) - made)


def ready() -> dict[str, list[int]]:
    """The ready widths of every picture of a character, by name, none where there are none."""
    with unit_of_work(as_system=True) as work:
        rows = work.session.execute(
            select(Media.name, Media.widths).where(Media.kind == "character")
        )
        return {row.name: row.widths for row in rows}


def retract_missing() -> int:
    """Takes back sizes whose files are gone, so that they are made again; returns of how many pictures."""
    kept = storage.media()
    gone = 0
    for name, widths in ready().items():
        there = [
            each
            for each in widths
            if all(kept.exists(file_name(name, each, format_)) for format_ in pictures.FORMATS)
        ]
        if there != widths:
            gone += 1
            with unit_of_work(as_system=True) as work:
                work.session.execute(update(Media).where(Media.name == name).values(widths=there))
    return gone


def remove(work: UnitOfWork, names: Iterable[str]) -> None:
    """Forgets pictures. Their files go by ``remove_files`` after the commit."""
    work.session.execute(delete(Media).where(Media.name.in_(list(names))))


def remove_files(names: Iterable[str]) -> None:
    """Deletes what there is of pictures that no row names any more."""
    kept = storage.media()
    for name in names:
        for width in pictures.WIDTHS:
            for format_ in pictures.FORMATS:
                kept.delete(file_name(name, width, format_))


def _unfinished() -> list[tuple[str, int, list[int]]]:
    """Names, full widths and ready widths of pictures that lack a size, those with fewest first."""
    possible: ColumnElement[int] = literal(0)
    for each in pictures.WIDTHS:
        possible += cast(Media.width >= each, Integer)
    with unit_of_work(as_system=True) as work:
        rows = work.session.execute(
            select(Media.name, Media.width, Media.widths)
            .where(
                Media.kind == "character",
                func.cardinality(Media.widths) < possible,
            )
            .order_by(func.cardinality(Media.widths), Media.id)
        ).all()
        return [(row.name, row.width, row.widths) for row in rows]


def _maker() -> Maker:
    module, _, name = _MAKER.rpartition(".")
    found: Maker = getattr(import_module(module), name)
    return found
