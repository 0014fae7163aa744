"""Child processes that never outlive the process that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import IO, TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    import pwd

_PR_SET_PDEATHSIG = 1
_prctl: Callable[..., int] | None = getattr(ctypes.CDLL(None), "prctl", None)
#: below the range the kernel takes its own ports from
_PORTS = range(20_000, 32_000)


class EmbeddedServerError(RuntimeError):
    """A server could not be started; the text says why and what to do."""


def spawn(
    arguments: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    account: pwd.struct_passwd | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    output: int | IO[bytes] | None = None,
    end_with: signal.Signals = signal.SIGTERM,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a program, as ``account`` when one is given, with ``env`` added to our environment.

    In a session of its own, because Ctrl-C must reach us alone: we stop things in order. When
    this process is gone, however it went, the kernel sends ``end_with`` (Linux; elsewhere only an
    orderly end takes children along). Call it from the main thread: that signal comes with the
    end of the thread that forked.
    """
    return subprocess.Popen(
        [str(argument) for argument in arguments],
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=None if env is None else {**os.environ, **env},
        cwd=cwd,
        start_new_session=True,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        # Between fork and exec: nothing but two system calls.
        preexec_fn=partial(_tie_to_parent, os.getpid(), int(end_with)),  # noqa: PLW1509
    )


def _tie_to_parent(parent: int, number: int) -> None:
    if _prctl is None:
        return
    _prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:  # it died between fork and prctl
        os._exit(1)


def ask_to_stop(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Sends a signal to a process that may be gone already."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            process.send_signal(how)


def stop(process: subprocess.Popen[bytes], how: signal.Signals, seconds: float = 10.0) -> bool:
    """Asks a program to end and waits; after ``seconds`` kills it with all its descendants.

    Returns whether it ended by itself.
    """
    ask_to_stop(process, how)
    try:
        process.wait(max(0.0, seconds))
    except subprocess.TimeoutExpired:
        kill_tree(process)
        return False
    return True


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Kills a process and its descendants, whatever session they moved to."""
    try:
        family = [psutil.Process(process.pid)]
        family += family[0].children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    process.wait()


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Polls ``condition`` until it holds; returns False when the time ran out."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def free_port() -> int:
    """A loopback port nobody listens on, below the kernel's own range."""
    random = SystemRandom()
    for _attempt in range(200):
        port = random.choice(_PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise EmbeddedServerError("There is no free port between 20000 and 32000.")


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log file, for an error text."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""
