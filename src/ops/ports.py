"""Free TCP ports on the loopback address."""

from __future__ import annotations

import random
import socket
import time

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on ``127.0.0.1:port`` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def wait_until_free(port: int, *, seconds: float) -> bool:
    """Whether ``port`` is free or comes free within ``seconds``: a killed server's port takes a moment."""
    deadline = time.monotonic() + seconds
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def free_port() -> int:
    """A free port for a server that will keep it over restarts.

    Taken below 32768, where the kernel takes no ports for outgoing connections: while a server restarts, no client
    of some other program can land on its port.
    """
    for port in random.sample(range(20_000, 32_000), 200):
        if is_free(port):
            return port
    raise OSError("no free TCP port between 20000 and 32000 on 127.0.0.1")


def first_free_from(preferred: int) -> int:
    """``preferred``, or the next free port above it."""
    for port in range(preferred, preferred + 200):
        if is_free(port):
            return port
    raise OSError(f"no free TCP port between {preferred} and {preferred + 199} on 127.0.0.1")
