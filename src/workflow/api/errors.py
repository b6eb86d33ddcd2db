"""How the engine's refusals look to a caller of the API; joins ``core.api.errors`` when imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from core.api.errors import TRANSLATORS, WHOLE, ApiError, code_of
from core.errors import PermanentError, RetryableError
from workflow.graph import DocumentError, Problem
from workflow.services.approvals import (
    AlreadyAskedError,
    AlreadyVotedError,
    ApprovalEndedError,
    NotAskedError,
)
from workflow.services.cancelling import AlreadyEndedError
from workflow.services.drafts import DraftChangedError, WorkflowActiveError
from workflow.services.event_types import BuiltInError, EventTypeInUseError
from workflow.services.hooks import (
    MediaRefusedError,
    MethodRefusedError,
    NotActiveError,
    NotAHookError,
    SignatureRefusedError,
    UnknownHookError,
)
from workflow.services.intake import QueueFullError
from workflow.services.publishing import NotPublishedError
from workflow.services.retrying import NotFailedError


def fields_of(problems: Sequence[Problem], *, under: str = "") -> dict[str, list[str]]:
    """Problems as the errors of fields: ``/nodes/0/id`` below ``draft`` is ``draft.nodes.0.id``."""
    fields: dict[str, list[str]] = {}
    for problem in problems:
        steps = [step for step in [under, *problem.place.split("/")] if step]
        fields.setdefault(".".join(steps) or WHOLE, []).append(problem.message)
    return fields


def _of_document(exc: DocumentError, request: HttpRequest | None) -> ApiError:
    return ApiError(
        status=400,
        code="workflow_not_valid",
        message="The workflow is not valid; see the fields.",
        fields=fields_of(exc.problems, under="draft"),
    )


def _conflict(exc: PermanentError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=409, code=code_of(exc), message=str(exc))


def _forbidden(exc: PermanentError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=403, code=code_of(exc), message=str(exc))


def _refused_as(status: int) -> Any:
    """A translator to that status."""
    return lambda exc, request: ApiError(status=status, code=code_of(exc), message=str(exc))


def _too_many(exc: RetryableError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=429, code=code_of(exc), message=str(exc), retry_after=exc.retry_after)


_TRANSLATORS: dict[type[BaseException], Any] = {
    DocumentError: _of_document,
    NotAskedError: _forbidden,
    QueueFullError: _too_many,
    MediaRefusedError: _refused_as(415),
    MethodRefusedError: _refused_as(405),
    SignatureRefusedError: _refused_as(403),
    UnknownHookError: _refused_as(404),
    **dict.fromkeys(
        (
            AlreadyAskedError,
            AlreadyEndedError,
            AlreadyVotedError,
            ApprovalEndedError,
            BuiltInError,
            DraftChangedError,
            EventTypeInUseError,
            NotActiveError,
            NotAHookError,
            NotFailedError,
            NotPublishedError,
            WorkflowActiveError,
        ),
        _conflict,
    ),
}
TRANSLATORS.update(_TRANSLATORS)
