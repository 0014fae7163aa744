"""What the team writes down about a user or a character, saved as it is typed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from fantooo.domain import text
from fantooo.domain.errors import NoteConflict, ValidationError
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import ProfileNote, ProfileNoteHistory
from fantooo.queries import chats

NOTE_MAX = 4000
Subject = Literal["real", "fictional"]


def save(
    *, chat_id: UUID, author_id: UUID, subject: Subject, content: str, version: int
) -> tuple[int, datetime]:
    """Saves the note about the user or character of a chat the author holds.

    ``version`` is the one the page shows (0: no note yet). Returns the new version and its time.
    Another author's text moves to the history. Raises ``ChatNotFound``, ``ValidationError`` or
    ``NoteConflict`` (with the present content) when somebody saved meanwhile.
    """
    kept = text.clean(content)
    if len(kept) > NOTE_MAX:
        raise ValidationError({"content": f"A note can have up to {NOTE_MAX:,} characters."})
    with unit_of_work() as work:
        session = work.session
        chat = chats.get_chat(chat_id)
        column = ProfileNote.real_user_id if subject == "real" else ProfileNote.fictional_user_id
        subject_id = chat.real_user_id if subject == "real" else chat.character_id
        about: ColumnElement[bool] = column == subject_id
        note = session.scalar(
            select(ProfileNote)
            .where(about)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if note is None:
            made = session.execute(
                insert(ProfileNote)
                .values(
                    {
                        column: subject_id,
                        ProfileNote.content: kept,
                        ProfileNote.updated_by: author_id,
                    }
                )
                .on_conflict_do_nothing()
                .returning(ProfileNote.version, ProfileNote.updated_at)
            ).one_or_none()
            if made is not None:
                return made.version, made.updated_at
            note = session.scalars(select(ProfileNote).where(about).with_for_update()).one()
        if note.version != version:
            raise NoteConflict(content=note.content, version=note.version)
        if note.updated_by != author_id:
            # Inline: nothing is read back, because operators may add to the history, not read it.
            session.execute(
                insert(ProfileNoteHistory)
                .values(
                    note_id=note.id,
                    content=note.content,
                    written_by=note.updated_by,
                    written_at=note.updated_at,
                )
                .inline()
            )
        saved = session.execute(
            update(ProfileNote)
            .where(ProfileNote.id == note.id)
            .values(content=kept, version=note.version + 1, updated_by=author_id)
            .returning(ProfileNote.version, func.now().label("saved_at"))
        ).one()
        return saved.version, saved.saved_at
