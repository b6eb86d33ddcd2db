"""The one guarded HTTP client for every outbound call."""

from core.http.client import HttpClient, HttpResponse
from core.http.errors import BlockedAddressError, ConnectFailedError, NoAnswerError, ResponseTooLargeError
from core.http.thread import HttpThread

__all__ = [
    "BlockedAddressError",
    "ConnectFailedError",
    "HttpClient",
    "HttpResponse",
    "HttpThread",
    "NoAnswerError",
    "ResponseTooLargeError",
]
