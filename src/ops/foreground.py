"""Running one program in the terminal's foreground while a stack is held up around it."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence
from types import FrameType

from ops.paths import ROOT


def run_foreground(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run ``command`` at the checkout's root with our terminal and return its exit status.

    Ctrl-C reaches the program from the terminal; we wait for what it makes of it. SIGTERM is passed on.
    """
    with subprocess.Popen(command, env=dict(env), cwd=ROOT) as process:

        def pass_on(number: int, frame: FrameType | None) -> None:
            process.send_signal(number)

        before_int = signal.signal(signal.SIGINT, signal.SIG_IGN)
        before_term = signal.signal(signal.SIGTERM, pass_on)
        try:
            status = process.wait()
        finally:
            signal.signal(signal.SIGINT, before_int)
            signal.signal(signal.SIGTERM, before_term)
    return status if status >= 0 else 128 - status
