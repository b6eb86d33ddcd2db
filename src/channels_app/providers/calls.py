"""One HTTP call to a provider, with each way of failing turned into what the caller may do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from channels_app.providers.base import SendRefusedError, SendRetryableError, SendUnknownError
from channels_app.providers.wire import load_object, storable
from core.errors import OutcomeUnknownError, PermanentError, RetryableError, WaslError
from core.http import BlockedAddressError, HttpClient, HttpResponse, ResponseTooLargeError
from core.http.retry_after import is_busy, retry_after

M = TypeVar("M", bound=BaseModel)

#: No provider answers a send call with more than a few hundred bytes.
MAX_ANSWER_BYTES = 256 * 1024


def narrow(model: BaseModel, kind: type[M]) -> M:
    """``model`` as the credentials or settings class that a provider declared. Raises ``TypeError`` on another."""
    if not isinstance(model, kind):
        raise TypeError(f"expected {kind.__name__}, got {type(model).__name__}")
    return model


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a provider's API answered: ``data`` is empty when the body was not a JSON object, header names are lower case."""

    status: int
    headers: Mapping[str, str]
    data: dict[str, Any]

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def retry_after(self) -> float | None:
        """Seconds asked for by ``Retry-After``, as a number or a date."""
        return retry_after(self.headers)


async def send_once(
    http: HttpClient,
    url: str,
    *,
    json: dict[str, Any] | None = None,
    content: bytes | None = None,
    headers: dict[str, str],
    timeout_s: float,
) -> Answer:
    """POST a message once, as ``json`` or as a body that is written already.

    Raises ``SendUnknownError`` when it may have arrived without our learning so, ``SendRetryableError`` when it
    surely did not arrive, ``SendRefusedError`` when the address is not allowed. Error answers are returned.
    """
    failure: WaslError
    try:
        response = await http.request(
            "POST",
            url,
            json=storable(json) if json is not None else None,
            content=content,
            headers=headers,
            timeout_s=timeout_s,
            max_bytes=MAX_ANSWER_BYTES,
        )
    except RetryableError as error:
        failure = SendRetryableError("the provider could not be reached", retry_after=error.retry_after)
    except BlockedAddressError:
        failure = SendRefusedError("the provider's address is not allowed", reason="account")
    except (OutcomeUnknownError, PermanentError):
        # Too large, packed oddly, cut off: an answer was on its way, so the request was there.
        failure = SendUnknownError("the provider gave no readable answer; the message may have gone out")
    else:
        return _answer(response)
    # Raised out here so that it carries no trace of the client's error, whose text may name the URL: Telegram's
    # URLs hold the bot's token.
    raise failure


async def fetch(
    http: HttpClient, url: str, *, headers: dict[str, str], timeout_s: float, max_bytes: int
) -> HttpResponse:
    """GET something that may be asked for again. Raises ``RetryableError`` or ``PermanentError``."""
    failure: WaslError
    try:
        response = await http.request("GET", url, headers=headers, timeout_s=timeout_s, max_bytes=max_bytes)
    except ResponseTooLargeError:
        failure = PermanentError(f"the file is larger than {max_bytes} bytes")
    except (OutcomeUnknownError, RetryableError):
        failure = RetryableError("the provider could not be reached")
    except PermanentError:
        failure = PermanentError("the provider's address is not allowed")
    else:
        if 200 <= response.status < 300:
            return response
        if is_busy(response.status):
            raise RetryableError(
                f"the provider answered {response.status}", retry_after=retry_after(response.headers)
            )
        raise PermanentError(f"the provider answered {response.status}")
    raise failure


def json_of(response: HttpResponse) -> dict[str, Any]:
    """The response's JSON object, or an empty one."""
    try:
        return load_object(response.body)
    except ValueError:
        return {}


def _answer(response: HttpResponse) -> Answer:
    return Answer(status=response.status, headers=response.headers, data=json_of(response))
