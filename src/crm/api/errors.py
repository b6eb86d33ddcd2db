"""The CRM's refusals as the API tells them: each names its field."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest

from core.api.errors import TRANSLATORS, ApiError, code_of
from core.errors import PermanentError
from crm.querying import InvalidFilterError, InvalidOrderingError
from crm.services.bulk import NoSuchSegmentError
from crm.services.contacts import ContactChangedError, ContactNotFoundError, InvalidFieldError
from crm.services.exports import InvalidColumnsError, NotReadyError
from crm.services.fields import InvalidCustomFieldError, InvalidDeclarationError
from crm.services.importing.mapping import InvalidMappingError
from crm.services.importing.reading import InvalidFileError
from crm.services.imports import FileGoneError, ImportRunningError
from crm.services.notes import InvalidNoteError
from crm.services.segments import FilledByPredicateError, InvalidSegmentError, KeptByHandError
from crm.services.tags import InvalidTagError


def _invalid(message: str, fields: Mapping[str, list[str]]) -> ApiError:
    return ApiError(status=400, code="invalid", message=message, fields=fields)


def _of_field(exc: InvalidFieldError | InvalidCustomFieldError, request: HttpRequest | None) -> ApiError:
    return _invalid(str(exc), {exc.field: [exc.problem]})


def _of_declaration(exc: InvalidDeclarationError, request: HttpRequest | None) -> ApiError:
    return _invalid("The field cannot be declared so.", exc.fields)


def _of_tag(exc: InvalidTagError, request: HttpRequest | None) -> ApiError:
    return _invalid(str(exc), {exc.field: [str(exc)]})


def _of_part(
    exc: InvalidColumnsError | InvalidMappingError | InvalidFileError, request: HttpRequest | None
) -> ApiError:
    return _invalid(str(exc), {exc.field: [str(exc)]})


def _of_ordering(exc: InvalidOrderingError, request: HttpRequest | None) -> ApiError:
    return _invalid(str(exc), {"ordering": [str(exc)]})


def _of_bulk_segment(exc: NoSuchSegmentError, request: HttpRequest | None) -> ApiError:
    return _invalid(str(exc), {"config.segment": [str(exc)]})


def _of_filter(exc: InvalidFilterError, request: HttpRequest | None) -> ApiError:
    return _invalid("The predicate is not valid; see the fields.", exc.fields)


def _not_there(exc: ContactNotFoundError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=404, code=code_of(exc), message=str(exc))


def _of_note(exc: InvalidNoteError, request: HttpRequest | None) -> ApiError:
    return _invalid(str(exc), {"text": [str(exc)]})


def _of_segment(exc: InvalidSegmentError, request: HttpRequest | None) -> ApiError:
    return _invalid("The segment cannot be so; see the fields.", exc.fields)


def _conflict(exc: PermanentError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=409, code=code_of(exc), message=str(exc))


def join_api() -> None:
    """Teach the API these refusals; called when Django starts."""
    TRANSLATORS.update(
        {
            InvalidFieldError: _of_field,
            InvalidCustomFieldError: _of_field,
            InvalidDeclarationError: _of_declaration,
            InvalidTagError: _of_tag,
            InvalidNoteError: _of_note,
            InvalidSegmentError: _of_segment,
            FilledByPredicateError: _conflict,
            KeptByHandError: _conflict,
            InvalidFilterError: _of_filter,
            InvalidOrderingError: _of_ordering,
            InvalidColumnsError: _of_part,
            InvalidMappingError: _of_part,
            InvalidFileError: _of_part,
            NoSuchSegmentError: _of_bulk_segment,
            ContactNotFoundError: _not_there,
            ContactChangedError: _conflict,
            ImportRunningError: _conflict,
            FileGoneError: _conflict,
            NotReadyError: _conflict,
        }
    )
