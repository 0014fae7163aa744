"""One socket, wrapped once: whole frames, one writer, a bounded queue and a write time-out.

simple-websocket writes with ``send`` and no lock, so that frames of two writers mix and a slow
reader loses bytes; and a peer that does not read would block its writer for ever.
"""

from __future__ import annotations

import contextlib
import math
import socket
import time
from collections import deque
from typing import TYPE_CHECKING, Any, cast

import gevent
from gevent.lock import BoundedSemaphore
from prometheus_client import Counter
from simple_websocket import ConnectionClosed

if TYPE_CHECKING:
    from uuid import UUID

    from fantooo.domain.viewer import Viewer

QUEUE_FRAMES = 256
WRITE_SECONDS = 3.0
#: 1013 says "try again later": pages come back by themselves and catch up
TOO_SLOW = TRY_LATER = 1013
MALFORMED, FAILED, ACCESS_ENDED, RESTART = 1003, 1011, 4001, 1012
#: more frames than any page sends, bursts of read marks included
_FLOOD_FRAMES, _FLOOD_SECONDS = 1000, 5.0
#: frames waiting to be read: more is a flood, not a person
_BACKLOG = 64

DROPPED = Counter("fantooo_sockets_dropped", "Sockets closed by us", ["code"])


class _WholeFrames:
    """The raw socket, for simple-websocket: each ``send`` writes all bytes before the next one."""

    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        self._lock = BoundedSemaphore(1)

    def send(self, data: bytes) -> int:
        with gevent.Timeout(WRITE_SECONDS, TimeoutError("the peer does not read")), self._lock:
            self._raw.sendall(data)
        return len(data)

    def recv(self, size: int) -> bytes:
        return self._raw.recv(size)

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()

    def cut(self) -> None:
        """Ends both directions at once; whoever waits on the socket wakes up."""
        with contextlib.suppress(OSError):
            self._raw.shutdown(socket.SHUT_RDWR)


class Connection:
    """A live page of one viewer. ``push`` never blocks; what cannot be written ends the socket."""

    def __init__(self, ws: Any, viewer: Viewer, token: str, address: str) -> None:
        self.viewer = viewer
        #: whose page it is: the door lets in only who has an account
        self.account = cast("UUID", viewer.account_id)
        self.token = token
        self.address = address
        #: whether operators may see that this page is open
        self.shows_online = viewer.shows_online
        #: the chat the page shows, after a checked hello
        self.chat: UUID | None = None
        #: the chat of a hello that is being checked
        self.asking: UUID | None = None
        self.chat_user: UUID | None = None
        self.channels: set[str] = set()
        #: the page has said hello and waits for ``ready``
        self.greeted = False
        #: when its right to listen was looked at, and when the session alone
        self.checked_at = self.session_at = time.monotonic()
        #: when it was last noted that somebody writes here; not yet
        self.use_at = -math.inf
        #: when somebody was last noted to be here; not yet
        self.beat_at = -math.inf
        self.typing_at = 0.0
        self._ws = ws
        self._sock = _WholeFrames(ws.sock)
        ws.sock = self._sock
        self._frames: deque[str] = deque()
        self._writing = False
        self._ending: gevent.Greenlet | None = None
        self._counted_since, self._counted = self.checked_at, 0
        self.is_open = True

    @property
    def side(self) -> str:
        """Which side of a chat this is: user or operator."""
        return self.viewer.role

    def push(self, frame: str) -> None:
        """Queues a frame; a page that is 256 frames behind is closed and will catch up."""
        if not self.is_open:
            return
        if len(self._frames) >= QUEUE_FRAMES:
            self.close(TOO_SLOW, "too slow")
            return
        self._frames.append(frame)
        # The writer lives only while there is something to write: idle sockets stay small.
        if not self._writing:
            self._writing = True
            gevent.spawn(self._write)

    def close(self, code: int, reason: str) -> None:
        """Ends the connection with a close code, without waiting for the peer."""
        if self.is_open:
            self.is_open = False
            self._frames.clear()
            DROPPED.labels(str(code)).inc()
            self._ending = gevent.spawn(self._finish, code, reason)

    def wait_until_ended(self) -> None:
        """Lets a close frame of ours leave before the socket is given up."""
        if self._ending is not None:
            self._ending.join()

    def receive(self, seconds: float) -> str | None:
        """The next frame from the page; None when none came in so many seconds, or none will.

        ``is_open`` tells the two apart.
        """
        try:
            frame = self._ws.receive(seconds)
        except ConnectionClosed:
            self.is_open = False
            return None
        if frame is None:
            self.is_open = self.is_open and self._ws.connected
        elif not self.is_open:
            pass  # closed by us; what was sent before is not served any more
        elif not isinstance(frame, str):
            self.close(MALFORMED, "text frames only")
        elif self._floods():
            self.close(MALFORMED, "too many frames")
        else:
            return frame
        return None

    def _floods(self) -> bool:
        now = time.monotonic()
        if now - self._counted_since > _FLOOD_SECONDS:
            self._counted_since, self._counted = now, 0
        self._counted += 1
        return self._counted > _FLOOD_FRAMES or self.unread_frames > _BACKLOG

    @property
    def unread_frames(self) -> int:
        """Frames from the page that nobody has looked at yet."""
        return len(self._ws.input_buffer)

    def _write(self) -> None:
        try:
            while self._frames and self.is_open:
                self._ws.send(self._frames.popleft())
        except (OSError, ConnectionClosed) as error:
            if isinstance(error, TimeoutError):
                # No close frame can follow a frame that is half written.
                DROPPED.labels(str(TOO_SLOW)).inc()
            self._end()
        finally:
            self._writing = False

    def _finish(self, code: int, reason: str) -> None:
        with contextlib.suppress(OSError, ConnectionClosed):
            self._ws.close(code, reason)
        # The peer gets a moment to answer the close frame before the line is cut.
        gevent.sleep(0.2)
        self._end()

    def _end(self) -> None:
        self.is_open = False
        self._frames.clear()
        self._ws.connected = False
        self._sock.cut()
        self._ws.event.set()
