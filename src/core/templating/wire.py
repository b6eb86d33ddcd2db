"""What the renderer's parent and child agree on: frames of a four-byte big-endian length and the payload."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

#: What the child sends when it has loaded.
READY = b"ready"
#: How the child notes, in memory that both sides see, which job of the batch it is at.
POSITION = struct.Struct("=Q")

_LENGTH = struct.Struct(">I")


def send_frame(sock: socket.socket, payload: bytes) -> None:
    """Send one frame. Raises ``OSError``, ``TimeoutError`` among them when the socket has a timeout."""
    sock.sendall(_LENGTH.pack(len(payload)) + payload)


def receive_frame(sock: socket.socket, *, on_idle: Callable[[], None] | None = None) -> bytes:
    """Receive one frame. Raises ``EOFError`` when the other side is gone.

    On a socket with a timeout ``on_idle`` is called each time it passes without a byte, and may raise to give up.
    """
    (length,) = _LENGTH.unpack(_receive(sock, _LENGTH.size, on_idle))
    return _receive(sock, length, on_idle)


def _receive(sock: socket.socket, size: int, on_idle: Callable[[], None] | None) -> bytes:
    data = bytearray()
    while len(data) < size:
        try:
            chunk = sock.recv(min(size - len(data), 1 << 20))
        except TimeoutError:
            if on_idle is None:
                raise
            on_idle()
            continue
        if not chunk:
            raise EOFError("the other side closed the connection")
        data += chunk
    return bytes(data)
