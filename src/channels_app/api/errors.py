"""The inbox's refusals as the API tells them."""

from __future__ import annotations

from django.http import HttpRequest

from channels_app.providers.base import TemplateValuesError
from channels_app.services.assigning import NotAMemberError
from channels_app.services.canned import CannedReplyError
from channels_app.services.channels import ChannelConfigError
from channels_app.services.composing import QuoteError
from channels_app.services.conversations import ClosedError, NoAddressError
from channels_app.services.labelling import LabelTakenError, NoSuchLabelError
from channels_app.services.notes import InvalidNoteError, MentionError
from channels_app.services.reacting import ReactionRefusedError
from channels_app.services.retrying import NotRetryableError
from channels_app.services.scheduling import NotScheduledError, SendTimeError
from channels_app.services.snoozing import SnoozeTimeError
from channels_app.services.templates import TemplateNotUsableError
from channels_app.services.uploads import UploadNotFoundError
from core.api.errors import TRANSLATORS, ApiError, Translator
from core.media import MediaRefusedError


def _of_config(exc: ChannelConfigError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=400, code="invalid", message="The channel cannot be set up so.", fields=exc.fields)


def _of_assignee(exc: NotAMemberError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=400, code="invalid", message=str(exc), fields={"assignee_id": [str(exc)]})


def _of_address(exc: NoAddressError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=400, code="no_address", message=str(exc), fields={"contact_id": [str(exc)]})


def _of_closed(exc: ClosedError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=409, code="conversation_closed", message=str(exc))


def _of_canned(exc: CannedReplyError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=400, code="invalid", message=str(exc), fields={exc.field: [str(exc)]})


def _of_template_values(exc: TemplateValuesError, request: HttpRequest | None) -> ApiError:
    fields = {f"template_values.{name}": texts for name, texts in exc.fields.items()}
    return ApiError(status=400, code="invalid", message="Fill the template's gaps.", fields=fields)


def _in_field(field: str) -> Translator:
    """A refusal of one field."""

    def translate(exc: Exception, request: HttpRequest | None) -> ApiError:
        return ApiError(status=400, code="invalid", message=str(exc), fields={field: [str(exc)]})

    return translate


def _conflict(code: str) -> Translator:
    """It cannot be done as things stand."""

    def translate(exc: Exception, request: HttpRequest | None) -> ApiError:
        return ApiError(status=409, code=code, message=str(exc))

    return translate


def join_api() -> None:
    """Teach the API these refusals; called when Django starts."""
    TRANSLATORS.update(
        {
            ChannelConfigError: _of_config,
            NotAMemberError: _of_assignee,
            NoAddressError: _of_address,
            ClosedError: _of_closed,
            CannedReplyError: _of_canned,
            TemplateValuesError: _of_template_values,
            LabelTakenError: _in_field("name"),
            NoSuchLabelError: _in_field("labels"),
            SnoozeTimeError: _in_field("until"),
            SendTimeError: _in_field("send_at"),
            InvalidNoteError: _in_field("text"),
            MentionError: _in_field("mentions"),
            QuoteError: _in_field("reply_to_message_id"),
            UploadNotFoundError: _in_field("media_ids"),
            MediaRefusedError: _in_field("file"),
            TemplateNotUsableError: _in_field("template_id"),
            NotScheduledError: _conflict("not_scheduled"),
            ReactionRefusedError: _conflict("reaction_refused"),
            NotRetryableError: _conflict("not_retryable"),
        }
    )
