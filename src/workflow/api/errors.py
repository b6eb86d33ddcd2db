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
from workflow.services.choosing import NoSuchVersionError
from workflow.services.drafts import DraftChangedError, WorkflowActiveError
from workflow.services.event_types import BuiltInError, EventTypeInUseError
from workflow.services.explaining import UnknownContactError
from workflow.services.hook_requests import MediaRefusedError
from workflow.services.hooks import MethodRefusedError, NotActiveError, NotAHookError, UnknownHookError
from workflow.services.intake import QueueFullError
from workflow.services.jobs import JobEndedError
from workflow.services.migrating import MappingError
from workflow.services.publishing import NotPublishedError
from workflow.services.retrying import NotFailedError, NotRetriableError, NotRootError
from workflow.services.retrying_from import StillUnderWayError
from workflow.services.versions import AlreadyActiveVersionError, UnpublishedChangesError
from workflow.templates.catalogue import UnknownTemplateError
from workflow.templates.document import InvalidTemplateError
from workflow.templates.making import NameTakenError
from workflow.templates.surroundings import FieldMismatchError
from workflow.templates.values import ParametersError
from workflow.triggers.signatures import SignatureRefusedError


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


def _of_template(exc: InvalidTemplateError, request: HttpRequest | None) -> ApiError:
    return ApiError(
        status=400,
        code="template_not_valid",
        message="The template is not valid; see the fields.",
        fields=fields_of(exc.problems, under="document"),
    )


def _of_parameters(exc: ParametersError, request: HttpRequest | None) -> ApiError:
    return ApiError(
        status=400,
        code="parameters_not_valid",
        message="Some parameters are not valid; see the fields.",
        fields=fields_of(exc.problems, under="parameters"),
    )


def _of_mapping(exc: MappingError, request: HttpRequest | None) -> ApiError:
    fields = {f"mapping.{node}": [problem] for node, problem in exc.problems.items()}
    return ApiError(status=400, code=code_of(exc), message="The mapping is not valid.", fields=fields)


def _no_such_version(exc: NoSuchVersionError, request: HttpRequest | None) -> ApiError:
    """What a query names is not there; what a body names is a mistake in the body."""
    is_read = request is not None and request.method in ("GET", "HEAD")
    return ApiError(status=404 if is_read else 400, code=code_of(exc), message=str(exc))


def _name_taken(exc: NameTakenError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=400, code="invalid", message=str(exc), fields={"name": [str(exc)]})


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
    InvalidTemplateError: _of_template,
    MappingError: _of_mapping,
    NameTakenError: _name_taken,
    NoSuchVersionError: _no_such_version,
    NotAskedError: _forbidden,
    ParametersError: _of_parameters,
    QueueFullError: _too_many,
    MediaRefusedError: _refused_as(415),
    MethodRefusedError: _refused_as(405),
    SignatureRefusedError: _refused_as(403),
    UnknownHookError: _refused_as(404),
    UnknownContactError: _refused_as(404),
    UnknownTemplateError: _refused_as(404),
    **dict.fromkeys(
        (
            AlreadyActiveVersionError,
            AlreadyAskedError,
            AlreadyEndedError,
            AlreadyVotedError,
            ApprovalEndedError,
            BuiltInError,
            DraftChangedError,
            EventTypeInUseError,
            FieldMismatchError,
            JobEndedError,
            NotActiveError,
            NotAHookError,
            NotFailedError,
            NotPublishedError,
            NotRetriableError,
            NotRootError,
            StillUnderWayError,
            UnpublishedChangesError,
            WorkflowActiveError,
        ),
        _conflict,
    ),
}
TRANSLATORS.update(_TRANSLATORS)
