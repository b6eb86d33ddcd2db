"""Requests that are sent twice and done once: ``Idempotency-Key`` (or ``X-Request-Id``) on a ``POST``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models.functions import Now
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from events.models import IdempotencyRecord

KEPT = timedelta(days=7)
_MAX_KEY = 200
#: Old records go a few at a time, with each new one: no sweep, and never a long one.
_SWEPT_PER_WRITE = 10


class KeyReusedError(exceptions.APIException):
    """The key came before, with another body."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = "This idempotency key came before with another body; use a new key for a new request."


class InProgressError(exceptions.APIException):
    """The first request with the key is not finished."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "request_in_progress"
    default_detail = "The first request with this key is still being done; ask again."
    wait = 1


class KeyTooLongError(exceptions.APIException):
    """The key is too long."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "idempotency_key_too_long"
    default_detail = f"An idempotency key has at most {_MAX_KEY} characters."


class IdempotentWritesMixin:
    """Put first among a view's bases. A ``POST`` with a key runs in one transaction with the record of its answer; the
    same again is answered from the record, with ``Idempotent-Replayed: true``.

    Only answers with a 2xx status are recorded: what was refused may be corrected and sent under the same key. The
    view's effects must be in the database: calls to the outside belong in the queue. Not for views whose answer holds
    a secret, which would be stored.
    """

    #: For the API's document (``core.api.schema``).
    idempotent_writes = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After the caller is known and allowed, put the record between them and the handler."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        key = request.headers.get("Idempotency-Key") or request.headers.get("X-Request-Id")
        if request.method == "POST" and key:
            if len(key) > _MAX_KEY:
                raise KeyTooLongError
            handler: Callable[..., Response] = self.post  # type: ignore[has-type]
            self.post = partial(_once, handler, key)


def _once(
    handler: Callable[..., Response], key: str, request: Request, *args: Any, **kwargs: Any
) -> Response:
    digest = hashlib.sha256(request.body).digest()
    with transaction.atomic():
        _claim(request.path, key)
        _sweep()
        known = IdempotencyRecord.objects.filter(path=request.path, key=key).first()
        if known is not None:
            return _replay(known, digest)
        response = handler(request, *args, **kwargs)
        if status.is_success(response.status_code):
            IdempotencyRecord.objects.create(
                path=request.path,
                key=key,
                body_hash=digest,
                status=response.status_code,
                response=JSONRenderer().render(response.data).decode(),
            )
    return response


def _claim(path: str, key: str) -> None:
    """Hold the pair until the transaction ends. Raises ``InProgressError`` while another request holds it."""
    name = f"{connection.schema_name} {path} {key}".encode()  # type: ignore[attr-defined]
    number = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise InProgressError


def _sweep() -> None:
    old = IdempotencyRecord.objects.select_for_update(skip_locked=True).filter(created_at__lt=Now() - KEPT)
    ids = list(old.order_by("created_at").values_list("id", flat=True)[:_SWEPT_PER_WRITE])
    if ids:
        IdempotencyRecord.objects.filter(id__in=ids).delete()


def _replay(known: IdempotencyRecord, digest: bytes) -> Response:
    if bytes(known.body_hash) != digest:
        raise KeyReusedError
    data = orjson.loads(known.response) if known.response else None
    return Response(data, status=known.status, headers={"Idempotent-Replayed": "true"})
