"""Raw HTTP and WebSocket connections on one epoll: a generator must cost less than what it measures."""

from __future__ import annotations

import base64
import json
import os
import select
import socket
import struct
import time
from collections.abc import Callable

Frame = Callable[[bytes, float], None]
_CLOSE, _PING, _PONG = 8, 9, 10


def mask(payload: bytes, opcode: int = 1) -> bytes:
    """A client's frame of less than 64 KiB."""
    key, length = os.urandom(4), len(payload)
    spread = (key * (length // 4 + 1))[:length]
    hidden = (int.from_bytes(payload) ^ int.from_bytes(spread)).to_bytes(length)
    size = bytes((0x80 | length,)) if length < 126 else b"\xfe" + length.to_bytes(2)
    return bytes((0x80 | opcode,)) + size + key + hidden


class Loop:
    """One epoll and the connections on it."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}

    def add(self, sock: socket.socket, reader: Callable[[], None]) -> None:
        self._readers[sock.fileno()] = reader
        self._epoll.register(sock.fileno(), select.EPOLLIN)

    def remove(self, sock: socket.socket) -> None:
        if sock.fileno() in self._readers:
            del self._readers[sock.fileno()]
            self._epoll.unregister(sock.fileno())

    def turn(self, timeout: float) -> None:
        for fd, _events in self._epoll.poll(max(0.0, timeout), 256):
            reader = self._readers.get(fd)
            if reader:
                reader()

    def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        ends = time.perf_counter() + seconds
        while not condition():
            if time.perf_counter() > ends:
                return False
            self.turn(0.05)
        return True


class Line:
    """A kept HTTP connection with one request in flight."""

    def __init__(self, loop: Loop, port: int, answered: Callable[[Line, int, bytes, float], None]):
        self.loop = loop
        self.port = port
        self.answered = answered
        self.busy = False
        self._buffer = b""
        self._connect()

    def _connect(self) -> None:
        self.sock = socket.create_connection(("127.0.0.1", self.port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.loop.add(self.sock, self._read)

    def send(self, request: bytes) -> None:
        self.busy = True
        self._buffer = b""
        try:
            self.sock.sendall(request)
        except OSError:
            # The server closes what was quiet for a few seconds.
            self.close()
            self._connect()
            self.sock.sendall(request)

    def _read(self) -> None:
        try:
            data = self.sock.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.close()
            self._connect()
            if self.busy:
                self.busy = False
                self.answered(self, 0, b"", time.perf_counter())
            return
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._buffer.find(b"Content-Length: ")
        length = int(self._buffer[at + 16 : self._buffer.index(b"\r", at)])
        if len(self._buffer) < head + 4 + length:
            return
        self.busy = False
        self.answered(self, int(self._buffer[9:12]), self._buffer[head + 4 :], time.perf_counter())

    def close(self) -> None:
        self.loop.remove(self.sock)
        self.sock.close()


class Ear:
    """A live page's socket: says hello, answers pings, hands frames on."""

    def __init__(
        self, loop: Loop, port: int, cookie: str, chat: str | None, page: str, heard: Frame | None
    ) -> None:
        self.loop = loop
        self.heard = heard
        self.ready = False
        self.closed = False
        self._open = False
        self._buffer = b""
        self._hello = json.dumps({"type": "hello", "chat": chat, "page": page}).encode()
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.sendall(
            (
                "GET /ws HTTP/1.1\r\n"
                f"Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
                f"Cookie: {cookie}\r\n\r\n"
            ).encode()
        )
        loop.add(self.sock, self._read)

    def _read(self) -> None:
        try:
            data = self.sock.recv(262144)
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        now = time.perf_counter()
        self._buffer = self._buffer + data if self._buffer else data
        if not self._open:
            head = self._buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            if self._buffer[9:12] != b"101":
                raise RuntimeError(f"no socket: {self._buffer[:200]!r}")
            self._open = True
            self._buffer = self._buffer[head + 4 :]
            self.sock.sendall(mask(self._hello))
        self._frames(now)

    def say(self, frame: bytes) -> None:
        """Sends a frame to the server."""
        self.sock.sendall(mask(frame))

    def _frames(self, now: float) -> None:
        buffer, at = self._buffer, 0
        while len(buffer) - at >= 2:
            opcode, length, start = buffer[at] & 15, buffer[at + 1] & 127, at + 2
            if length == 126:
                if len(buffer) < at + 4:
                    break
                length, start = struct.unpack_from(">H", buffer, at + 2)[0], at + 4
            elif length == 127:
                if len(buffer) < at + 10:
                    break
                length, start = struct.unpack_from(">Q", buffer, at + 2)[0], at + 10
            if len(buffer) < start + length:
                break
            self._take(opcode, buffer[start : start + length], now)
            at = start + length
        self._buffer = buffer[at:]

    def _take(self, opcode: int, payload: bytes, now: float) -> None:
        if opcode == _PING:
            self.sock.sendall(mask(payload, _PONG))
        elif opcode == _CLOSE:
            self.close()
        elif not self.ready and payload == b'{"type":"ready"}':
            self.ready = True
        elif self.heard is not None:
            self.heard(payload, now)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.loop.remove(self.sock)
            self.sock.close()
