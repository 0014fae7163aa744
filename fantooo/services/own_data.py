"""A copy of what is kept about somebody, for themselves: one ZIP with JSON and photos."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from uuid import UUID

from fantooo.infra import crypto, storage
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.queries import own_data, photos
from fantooo.services import credentials, security

_READ_ME = """\
What Fantooo keeps about you, copied on {day} (UTC).

account.json      your user name and e-mail address
characters.json   the characters of your chats; chats and messages name them by id
data/*.json       one file for each kind of record, as it is stored
photos/           the photos you added

In messages, sender_type is "real" for what you wrote and "fictional" for what our team wrote as the
character. Times are UTC.

Not in here, because they are also about others: what our team wrote down about a conversation, and
the log of sign-ins. Write to {support} and a person looks through them and sends you your part.
"""


def copy(account_id: UUID, *, password: str, support: str) -> bytes:
    """The ZIP; that it was made is kept in the security log.

    Must run as the user. Raises ``ValidationError`` for a wrong ``password``.
    """
    username = credentials.check_password(account_id, password, field="password")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        day = f"{datetime.now(UTC):%-d %B %Y, %H:%M}"
        packed.writestr("README.txt", _READ_ME.format(day=day, support=support))
        sealed = own_data.sealed_email(account_id)
        account = {"username": username, "email": crypto.unseal(sealed) if sealed else None}
        packed.writestr("account.json", _as_text(account))
        packed.writestr("characters.json", _as_text(own_data.characters()))
        for table in own_data.tables():
            packed.writestr(f"data/{table}.json", _as_text(own_data.rows(table)))
        for number, photo in enumerate(photos.own(account_id), start=1):
            name = photos.file_name(account_id, photo.id, max(photo.picture.widths), "webp")
            with storage.media().open(name) as file:
                packed.writestr(f"photos/{number}.webp", file.read(), zipfile.ZIP_STORED)
    with unit_of_work(as_system=True) as work:
        security.add(work, "data_access", account_id, what="copy of own data")
    return made.getvalue()


def _as_text(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1, default=str)
