"""The mail that the site wrote to files instead of sending it."""

from __future__ import annotations

import asyncio
import re
from email import message_from_bytes, policy
from pathlib import Path

from ops.paths import VAR

FOLDER = VAR / "mail"
PATIENCE_S = 15.0


async def link_for(address: str, *, but: str = "") -> str:
    """The link in the newest mail to that address, other than ``but``. Raises ``TimeoutError``."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            links = [link for path in sorted(FOLDER.glob("*.log")) for link in _links(path, address)]
            if links and links[-1] != but:
                return links[-1]
            await asyncio.sleep(0.2)


def _links(path: Path, address: str) -> list[str]:
    raw = path.read_bytes()
    if address.encode() not in raw:
        return []
    # The file of a mail that is being written may be cut off: then it is read again.
    mail = message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain",))
    return [] if body is None else re.findall(r"https?://\S+#\S+", body.get_content())
