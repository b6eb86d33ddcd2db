"""Trying a connection out, now, against the real other side."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from core.errors import OutcomeUnknownError, PermanentError, RetryableError
from core.http import HttpThread
from core.redact import redact
from workflow.connections.models import Connection
from workflow.connections.services.opening import open_row
from workflow.connections.types.base import Outcome, Tested


def try_connection(connection: Connection) -> Tested:
    """What its type's test says, errors included. Call it with no transaction open: it may take a minute."""
    opened = open_row(connection)
    http = _http(tuple(settings.OUTBOUND_ALLOWED_PRIVATE))
    try:
        tested = http.run(opened.type.test(opened, http.client))
    except (PermanentError, RetryableError, OutcomeUnknownError) as exc:
        tested = Tested(Outcome.FAILED, str(exc))
    # The other side's words may repeat what was sent.
    return Tested(tested.outcome, redact(tested.message, secrets=opened.secrets))


@lru_cache(maxsize=4)
def _http(allowed_private: tuple[str, ...]) -> HttpThread:
    """This process's outbound client."""
    return HttpThread(allowed_private=allowed_private)
