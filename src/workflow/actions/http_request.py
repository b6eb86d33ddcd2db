"""``http_request``: call an API and take from its answer what the workflow needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlencode

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from core.errors import PermanentError, RetryableError
from core.forms import shown
from core.http import HttpClient, HttpResponse
from core.http.retry_after import is_busy, retry_after
from core.redact import redact
from workflow.actions.base import ActionContext, Config, Effect, ExternalAction, Material, Output, register
from workflow.actions.paths import NotThereError, keys_of, value_at
from workflow.connections.calling import Called, call
from workflow.connections.services.opening import open_connection
from workflow.connections.types.base import OutgoingRequest
from workflow.connections.using import connection_field, http_types

MAX_BYTES = 5_000_000
_SHOWN = 4_000

Scalar = str | int | float | bool


class HttpRefusedError(PermanentError):
    """The address answered that it will not take this request."""


class HttpBusyError(RetryableError):
    """The address cannot take the request now."""


class MappingError(PermanentError):
    """The answer has not what the step takes from it."""


def _checked_path(path: str) -> str:
    if keys_of(path)[0] not in ("status", "headers", "body"):
        raise ValueError("begin with status, headers or body, such as body.items.0.id")
    return path


class Taken(BaseModel):
    """A value to take from the answer."""

    model_config = ConfigDict(extra="forbid", title="Path and default")

    path: Annotated[str, Field(max_length=300), AfterValidator(_checked_path), shown("Path", plain=True)] = (
        Field(
            description="status, headers.<name> or body.<key>.<key>: numbers count a list's members from 0, * takes them all"
        )
    )
    optional: bool = Field(
        default=False, description="Without it, the step fails when there is nothing there"
    )
    default: Any = Field(default=None, description="Taken instead of what is not there, when it is optional")


def _spelled_out(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


_TakenInput = Annotated[str, Field(title="Path", max_length=300)] | Taken


class HttpRequestConfig(Config):
    """The request, and what to make of its answer. Text may use Liquid: ``{{ user.phone }}``."""

    method: Annotated[
        Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"],
        shown("Method", "GET reads, the others change something."),
    ] = "GET"
    url: Annotated[
        str, Field(max_length=2_000, description="https address to call"), shown("Address", widget="text")
    ]
    query: Annotated[dict[str, Scalar], shown("Query")] = Field(
        default_factory=dict, max_length=50, description="Added to the address"
    )
    headers: Annotated[dict[str, str], shown("Headers", "Sent with the request, by name.")] = Field(
        default_factory=dict, max_length=30
    )
    body_kind: Annotated[Literal["none", "json", "form", "text"], shown("Body")] = Field(
        default="none",
        description="How the body is written: as JSON, as a form's fields, as it stands, or not at all",
    )
    body: Annotated[Any, shown("Content", when={"body_kind": ["json", "form", "text"]})] = Field(
        default=None, description="What to send; for a form an object of plain values, for a text a text"
    )
    content_type: Annotated[str, Field(max_length=200), shown("Content type", advanced=True)] = Field(
        default="", description="In place of the body kind's own, such as application/xml for a text"
    )
    connection: str = connection_field(
        *http_types(),
        description="Name or id of a stored connection that authorizes the call; empty: none",
    )
    idempotency_header: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9-]{0,60}$"), shown("Idempotency header", advanced=True)
    ] = Field(
        default="Idempotency-Key",
        description="Carries the step's id, the same at each try, so that the other side does it once; empty: not sent",
    )
    timeout_s: Annotated[float, Field(gt=0, le=30), shown("Time-out", advanced=True, unit="s")] = Field(
        default=10, description="Seconds, redirections included"
    )
    max_bytes: Annotated[
        int, Field(ge=1, le=MAX_BYTES), shown("Largest answer", advanced=True, unit="bytes")
    ] = Field(default=256_000, description="A larger answer is an error")
    follow_redirects: Annotated[int, Field(ge=0, le=5), shown("Redirections", advanced=True)] = Field(
        default=0, description="How many redirections to follow; each is checked like the first address"
    )
    success: Annotated[
        list[Annotated[str, BeforeValidator(str), Field(pattern=r"^[1-5](\d\d|xx)$")]],
        shown("Success", advanced=True),
    ] = Field(
        default=["2xx"],
        min_length=1,
        max_length=20,
        description="Statuses that are no error: 404, or 2xx for all of 200-299",
    )
    keep_body: Annotated[bool, shown("Keep the answer", advanced=True)] = Field(
        default=True, description="Keep the whole answer, beside what the response takes from it"
    )
    keep_headers: Annotated[
        list[Annotated[str, Field(max_length=100)]], shown("Keep headers", advanced=True)
    ] = Field(default=["content-type"], max_length=20, description="Headers of the answer to keep")
    response: Annotated[
        dict[
            Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")],
            Annotated[Taken, BeforeValidator(_spelled_out, json_schema_input_type=_TakenInput)],
        ],
        shown("Take from the answer"),
    ] = Field(
        default_factory=dict,
        max_length=50,
        description="Values to take from the answer, by name: a path, or an object with path, optional and default",
    )

    @model_validator(mode="after")
    def _body_fits(self) -> HttpRequestConfig:
        problem = _BODY_PROBLEMS[self.body_kind](self.body)
        if problem:
            raise ValueError(f"body: {problem}")
        if self.body_kind != "none" and self.method in ("GET", "HEAD"):
            raise ValueError(f"body_kind: {self.method} has no body; choose none, or another method")
        return self

    def succeeds(self, status: int) -> bool:
        """Whether a status counts as success."""
        return str(status) in self.success or f"{status // 100}xx" in self.success


def _form_problem(body: Any) -> str:
    if not isinstance(body, dict) or not all(isinstance(value, Scalar) for value in body.values()):
        return "a form is an object of plain values"
    return ""


_BODY_PROBLEMS: dict[str, Callable[[Any], str]] = {
    "none": lambda body: "choose how it is written in body_kind, or leave it out" if body is not None else "",
    "json": lambda body: "",
    "form": _form_problem,
    "text": lambda body: "" if isinstance(body, str) else "a text is needed",
}


def _form(fields: dict[str, Scalar]) -> bytes:
    plain = {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in fields.items()
    }
    return urlencode(plain).encode()


_WRITERS: dict[str, tuple[str, Callable[[Any], bytes | None]]] = {
    "none": ("", lambda body: None),
    "json": ("application/json", orjson.dumps),
    "form": ("application/x-www-form-urlencoded", _form),
    "text": ("text/plain; charset=utf-8", lambda body: body.encode()),
}


class HttpRequestOutput(Output):
    """The answer: ``json_body`` when it was JSON, else the first 4,000 characters in ``text``; ``mapped`` is what was
    taken from it."""

    status: int
    headers: dict[str, str] = Field(default_factory=dict)
    json_body: Any = None
    text: str = ""
    mapped: dict[str, Any] = Field(default_factory=dict)


@register
class HttpRequest(ExternalAction[HttpRequestConfig, HttpRequestOutput]):
    """Sent through the guarded client; a connection's secret goes to the hosts that it names, and nowhere else."""

    slug = "http_request"
    label = "Call an API"
    icon = "api"
    description = (
        "Call an address with a stored connection's credentials, and take values from its answer for later steps. "
        "What the other side cannot take now is tried again under the same key."
    )
    category = "integrations"
    effect = Effect.IRREVERSIBLE
    Config = HttpRequestConfig
    Output = HttpRequestOutput
    example: ClassVar = {
        "method": "POST",
        "url": "https://api.example.com/orders",
        "body_kind": "json",
        "body": {"phone": "{{ user.phone }}"},
        "response": {"order_id": "body.id", "note": {"path": "body.note", "optional": True, "default": ""}},
    }
    example_output: ClassVar = {
        "status": 201,
        "headers": {"content-type": "application/json"},
        "json_body": {"id": "A-17"},
        "text": "",
        "mapped": {"order_id": "A-17", "note": ""},
    }

    def prepare(self, config: HttpRequestConfig, context: ActionContext) -> Material:
        """The named connection. Raises ``ConnectionMissingError``."""
        if not config.connection.strip():
            return Material(None)
        opened = open_connection(config.connection, types=http_types())
        return Material(opened, opened.secrets)

    async def run(
        self, config: HttpRequestConfig, context: ActionContext, http: HttpClient
    ) -> HttpRequestOutput:
        """Call. 408, 425, 429 and 5xx may be retried (after ``Retry-After`` seconds), unless they count as success; other
        statuses that do not are final."""
        called = await call(
            http,
            _request(config, context),
            connection=context.material,
            accepted=[401] if config.succeeds(401) else [],
            redirects=config.follow_redirects,
            timeout_s=config.timeout_s,
            max_bytes=config.max_bytes,
        )
        if not config.succeeds(called.response.status):
            raise _refusal(called)
        # Tokens made on the way are known here only.
        return HttpRequestOutput.model_validate(
            redact(_answer(config, called.response), secrets=called.secrets)
        )


def _request(config: HttpRequestConfig, context: ActionContext) -> OutgoingRequest:
    content_type, write = _WRITERS[config.body_kind]
    try:
        body = write(config.body)
    except TypeError as error:
        raise PermanentError(f"The body cannot be written as JSON: {error}") from None
    request = OutgoingRequest(
        method=config.method, url=config.url, headers=config.headers, params=config.query, body=body
    )
    content_type = config.content_type or content_type
    given = {name.lower() for name in config.headers}
    if body is not None and "content-type" not in given:
        request = request.with_header("Content-Type", content_type)
    if config.idempotency_header:
        request = request.with_header(config.idempotency_header, context.effect_key)
    return request


def _refusal(called: Called) -> HttpBusyError | HttpRefusedError:
    response = called.response
    if is_busy(response.status):
        return HttpBusyError(
            f"The address answered {response.status}.", retry_after=retry_after(response.headers)
        )
    if 300 <= response.status < 400:
        return HttpRefusedError(
            f"The address answered {response.status}, a redirection. Call the new address, or set follow_redirects."
        )
    words = redact(response.text[:500], secrets=called.secrets)
    return HttpRefusedError(f"The address answered {response.status}: {words}")


def _answer(config: HttpRequestConfig, response: HttpResponse) -> dict[str, Any]:
    """The output, before what is secret is taken out of it."""
    try:
        body, is_json = orjson.loads(response.body), True
    except orjson.JSONDecodeError:
        body, is_json = response.text, False
    whole = {"status": response.status, "headers": dict(response.headers), "body": body}
    kept = {name.lower() for name in config.keep_headers}
    return {
        "status": response.status,
        "headers": {name: value for name, value in response.headers.items() if name in kept},
        "json_body": body if is_json and config.keep_body else None,
        "text": body[:_SHOWN] if not is_json and config.keep_body else "",
        "mapped": {name: _taken(name, taken, whole, is_json) for name, taken in config.response.items()},
    }


def _taken(name: str, taken: Taken, whole: dict[str, Any], is_json: bool) -> Any:
    path = taken.path.lower() if taken.path.startswith("headers.") else taken.path
    try:
        return value_at(whole, path)
    except NotThereError as error:
        if taken.optional:
            return taken.default
        why = str(error) if is_json or not path.startswith("body.") else "the answer is not JSON"
        raise MappingError(f"response.{name}: there is nothing at {taken.path}: {why}.") from None
