"""``multipart/form-data`` bodies for uploads to providers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from channels_app.providers.base import OutboundFile


def multipart(fields: Mapping[str, str], name: str, file: OutboundFile) -> tuple[bytes, dict[str, str]]:
    """The body with ``fields`` and ``file`` under ``name``, and the header that describes it."""
    boundary = f"wasl-{secrets.token_hex(16)}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode(
            errors="replace"
        )
        for key, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{_quoted(file.filename)}"\r\n'
        f"Content-Type: {file.mime_type}\r\n\r\n"
    )
    parts += [head.encode(errors="replace"), file.content, f"\r\n--{boundary}--\r\n".encode()]
    return b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def _quoted(filename: str) -> str:
    """As browsers write it: quotes and line ends escaped, so that a name cannot end the header."""
    return filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
