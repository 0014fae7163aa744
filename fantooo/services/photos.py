"""Photos that users add of themselves: adding, choosing, removing; their largest size is made by job.

Files are written and removed only while their row is there and locked, so that no file is ever
without a row, whatever crashes. Locks: the person's row, then photos.
"""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import redis
import structlog
from PIL import Image
from sqlalchemy import func, select, update

from fantooo.domain.errors import NotFound, PictureRefused, ValidationError
from fantooo.domain.people import PHOTOS_MAX
from fantooo.infra import job_queue, pictures, storage, threads
from fantooo.infra.pictures import Rendition
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import UserPhoto
from fantooo.queries import photos as reads
from fantooo.services import profile

log = structlog.get_logger(__name__)

FULL = f"You have {PHOTOS_MAX} photos, which is the most. Remove one to add another."
_UNREADABLE = "We cannot read this file. Choose a JPEG, PNG or WebP picture."
#: what is made while one waits; the largest size of a phone's photo takes seconds to encode
_AT_ONCE = (128, 384, 640)
#: so long a photo may be on its way into the storage
_WRITING = timedelta(minutes=10)
_BATCH = 20


@dataclass(frozen=True)
class _Drawn:
    """A photo made anew from what was sent."""

    width: int
    height: int
    placeholder: str
    files: list[Rendition]
    #: what can be shown once the files are there
    ready: list[int]


def add(user_id: UUID, data: bytes) -> None:
    """Keeps a photo somebody sent as ``data``, without anything but its pixels.

    Raises ``ValidationError`` with the text for the field ``photo`` when it cannot be used, or
    there are six already; then nothing is kept.
    """
    if not data:
        raise ValidationError({"photo": "Choose a photo first."})
    with unit_of_work() as work:
        # So that nobody waits for the drawing of a seventh; what counts is asked under the lock.
        _refuse_more(work, user_id)
    try:
        drawn = threads.heavy(_draw, data)
    except PictureRefused as error:
        unknown = error.message == PictureRefused.look.message
        raise ValidationError({"photo": _UNREADABLE if unknown else error.message}) from error
    photo_id = _reserve(user_id, drawn)
    with unit_of_work() as work:
        profile.lock(work, user_id)
        if _lock(work, photo_id) is None:
            return
        for each in drawn.files:
            storage.media().save(
                reads.file_name(user_id, photo_id, each.width, each.format), each.data
            )
        _show(work, photo_id, drawn.ready)
        profile.tell_desks(work, user_id)
    _finish_soon(photo_id)


def choose(user_id: UUID, photo_id: UUID) -> None:
    """Makes one of somebody's photos the one that stands for them. Raises ``NotFound``."""
    with unit_of_work() as work:
        profile.lock(work, user_id)
        _own(work, user_id, photo_id)
        for chosen in (False, True):
            work.session.execute(
                update(UserPhoto)
                .where(UserPhoto.real_user_id == user_id, (UserPhoto.id == photo_id) == chosen)
                .values(is_main=chosen)
            )
        profile.tell_desks(work, user_id)


def remove(user_id: UUID, photo_id: UUID) -> None:
    """Removes one of somebody's photos, and its files at once. Raises ``NotFound``."""
    with unit_of_work() as work:
        profile.lock(work, user_id)
        _delete(work, _own(work, user_id, photo_id))
        profile.tell_desks(work, user_id)


def remove_files_of(work: UnitOfWork, user_id: UUID) -> None:
    """Removes every file of somebody who leaves; their rows go in the same transaction."""
    work.session.execute(
        select(UserPhoto.id).where(UserPhoto.real_user_id == user_id).with_for_update()
    )
    storage.media().clear(reads.folder_of(user_id))


def has_files(user_id: UUID) -> bool:
    """Whether the storage holds anything of somebody's photos."""
    return storage.media().holds(reads.folder_of(user_id))


def finish(photo_id: UUID) -> bool:
    """Makes the sizes that a photo lacks; returns whether it made any."""
    with unit_of_work(as_system=True) as work:
        photo = work.session.get(UserPhoto, photo_id)
        if photo is None or not photo.widths:
            return False
        user_id, ready = photo.real_user_id, list(photo.widths)
        missing = [each for each in reads.sizes(photo.width) if each not in ready]
    made: list[Rendition] = []
    for width in missing:
        try:
            with storage.media().open(reads.file_name(user_id, photo_id, width, "webp")) as file:
                image = Image.open(io.BytesIO(file.read()), formats=["WEBP"]).convert("RGB")
        except FileNotFoundError:
            # Removed meanwhile; else it is shown in the sizes there are.
            log.warning("photo_size_lost", photo_id=str(photo_id), width=width)
            continue
        made += pictures.renditions(image, (width,), ("avif",))
    if not made:
        return False
    with unit_of_work(as_system=True) as work:
        if _lock(work, photo_id) is None:
            return False
        for each in made:
            storage.media().save(
                reads.file_name(user_id, photo_id, each.width, each.format), each.data
            )
        _show(work, photo_id, sorted({*ready, *(each.width for each in made)}))
    return True


def finish_all() -> int:
    """Makes the sizes photos lack, and removes what a crash left half written. Returns how many."""
    with unit_of_work(as_system=True) as work:
        lost = work.session.scalars(
            select(UserPhoto)
            .where(
                func.cardinality(UserPhoto.widths) == 0,
                UserPhoto.created_at < func.now() - _WRITING,
            )
            .with_for_update(skip_locked=True)
            .limit(_BATCH)
        ).all()
        for photo in lost:
            _delete(work, photo)
        largest = _AT_ONCE[-1]
        waiting = work.session.scalars(
            select(UserPhoto.id)
            .where(
                func.cardinality(UserPhoto.widths).between(1, len(reads.SIZES) - 1),
                UserPhoto.width >= next(each for each in reads.SIZES if each > largest),
            )
            .order_by(UserPhoto.id.desc())
            .limit(_BATCH)
        ).all()
    return len(lost) + sum(finish(photo_id) for photo_id in waiting)


def _draw(data: bytes) -> _Drawn:
    image = pictures.read(data, pictures.PHOTOGRAPHS)
    sizes = reads.sizes(image.width)
    now = [each for each in sizes if each in _AT_ONCE]
    later = [each for each in sizes if each not in _AT_ONCE]
    return _Drawn(
        image.width,
        image.height,
        pictures.placeholder(image),
        # Of what comes later one format is kept now: the job makes the other of it.
        [*pictures.renditions(image, now), *pictures.renditions(image, later, ("webp",))],
        now,
    )


def _reserve(user_id: UUID, drawn: _Drawn) -> UUID:
    """A row without files, so that there can be none without a row, and never a seventh."""
    with unit_of_work() as work:
        profile.lock(work, user_id)
        _refuse_more(work, user_id)
        photo = UserPhoto(
            real_user_id=user_id,
            width=drawn.width,
            height=drawn.height,
            placeholder=drawn.placeholder,
        )
        work.session.add(photo)
        work.session.flush()
        return photo.id


def _refuse_more(work: UnitOfWork, user_id: UUID) -> None:
    count = work.session.scalar(
        select(func.count()).select_from(UserPhoto).where(UserPhoto.real_user_id == user_id)
    )
    if count is None or count >= PHOTOS_MAX:
        raise ValidationError({"photo": FULL})


def _own(work: UnitOfWork, user_id: UUID, photo_id: UUID) -> UserPhoto:
    photo = work.session.scalar(
        select(UserPhoto)
        .where(UserPhoto.id == photo_id, UserPhoto.real_user_id == user_id)
        .with_for_update()
    )
    if photo is None or not photo.widths:
        raise NotFound
    return photo


def _lock(work: UnitOfWork, photo_id: UUID) -> UUID | None:
    return work.session.scalar(
        select(UserPhoto.id).where(UserPhoto.id == photo_id).with_for_update()
    )


def _show(work: UnitOfWork, photo_id: UUID, widths: list[int]) -> None:
    work.session.execute(update(UserPhoto).where(UserPhoto.id == photo_id).values(widths=widths))


def _delete(work: UnitOfWork, photo: UserPhoto) -> None:
    """Files first: what fails half-way leaves a row to be removed again, never a file."""
    storage.media().clear(reads.folder_of(photo.real_user_id, photo.id))
    work.session.delete(photo)
    work.session.flush()


def _finish_soon(photo_id: UUID) -> None:
    """Has a job make the largest size; a lost wish costs a minute."""
    with suppress(redis.RedisError):
        job_queue.enqueue("jobs.tasks.finish_photo", str(photo_id), queue_name="slow")
