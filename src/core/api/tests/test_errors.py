"""One shape for every error, whatever raised it."""

import uuid

import pydantic
import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError, OperationalError
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from core.api.errors import ApiError, code_of, error_response, exception_handler
from core.errors import OutcomeUnknownError, PermanentError, RetryableError
from core.registry import Registry


class TooManyTagsError(PermanentError):
    """A contact has at most 50 tags."""


class Line(serializers.Serializer):
    amount = serializers.IntegerField(min_value=1)


class Order(serializers.Serializer):
    name = serializers.CharField(max_length=3)
    lines = Line(many=True)
    address = Line()

    def validate(self, data):
        raise serializers.ValidationError("سبد خالی است")


class Config(pydantic.BaseModel):
    url: str
    retries: list[int]


def answer(exc, method="post", **headers):
    request = getattr(RequestFactory(), method)("/api/v1/things/", headers=headers)
    return exception_handler(exc, {"request": Request(request)})


def caught(function, *args):
    with pytest.raises(Exception) as info:
        function(*args)
    return info.value


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.PermissionDenied("No.", code="insufficient_scope"), 403, "insufficient_scope"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (TooManyTagsError(), 400, "too_many_tags"),
        (RetryableError("later"), 503, "retryable"),
        (OperationalError("server closed the connection"), 503, "unavailable"),
    ],
)
def test_status_code_and_shape(exc, status, code):
    response = answer(exc)
    assert response.status_code == status
    assert set(response.data) == {"error"}
    error = response.data["error"]
    assert set(error) == {"code", "message", "fields", "request_id"}
    assert error["code"] == code
    assert error["message"]
    assert uuid.UUID(error["request_id"]).version == 7


@pytest.mark.parametrize(
    "exc", [ValueError("bug"), KeyError("bug"), IntegrityError("bug"), OutcomeUnknownError()]
)
def test_bugs_are_not_dressed_up(exc):
    assert answer(exc) is None


def test_a_refusal_speaks_its_docstring():
    assert answer(TooManyTagsError()).data["error"]["message"] == "A contact has at most 50 tags."


def test_the_database_tells_callers_nothing_of_itself():
    assert "closed" not in str(answer(OperationalError("server closed the connection")).data)


@pytest.mark.parametrize(("wait", "header"), [(None, "1"), (0.2, "1"), (30, "30")])
def test_later_says_when(wait, header):
    assert answer(RetryableError("later", retry_after=wait))["Retry-After"] == header


def test_throttling_says_when():
    response = answer(exceptions.Throttled(wait=4.2))
    assert (response.status_code, response.data["error"]["code"], response["Retry-After"]) == (
        429,
        "throttled",
        "5",
    )


def test_an_unauthenticated_caller_is_challenged():
    exc = exceptions.NotAuthenticated()
    exc.auth_header = "Bearer"
    assert answer(exc)["WWW-Authenticate"] == "Bearer"


def test_nested_fields_are_dotted():
    order = Order(data={"name": "long", "lines": [{"amount": 1}, {"amount": 0}, 7], "address": {}})
    fields = answer(caught(lambda: order.is_valid(raise_exception=True))).data["error"]["fields"]
    assert set(fields) == {"name", "lines.1.amount", "lines.2", "address.amount"}
    assert all(isinstance(message, str) for messages in fields.values() for message in messages)


def test_what_is_wrong_with_the_whole_is_the_message():
    order = Order(data={"name": "abc", "lines": [], "address": {"amount": 1}})
    error = answer(caught(lambda: order.is_valid(raise_exception=True))).data["error"]
    assert (error["message"], error["fields"]) == ("سبد خالی است", {"non_field_errors": ["سبد خالی است"]})


def test_pydantic_models_answer_like_serializers():
    error = answer(caught(Config.model_validate, {"retries": [1, "x"]})).data["error"]
    assert (error["code"], set(error["fields"])) == ("invalid", {"url", "retries.1"})
    assert "x" not in str(error["fields"]["retries.1"]).split("'")


def test_django_models_answer_like_serializers():
    assert answer(DjangoValidationError({"email": ["taken"]})).data["error"]["fields"] == {"email": ["taken"]}
    assert answer(DjangoValidationError("empty")).data["error"]["message"] == "empty"


@pytest.mark.parametrize(("method", "status"), [("get", 404), ("delete", 404), ("post", 400), ("patch", 400)])
def test_unknown_keys_of_urls_and_of_bodies(method, status):
    registry: Registry[int] = Registry("action")
    registry.add("add_tag", 1)
    response = answer(caught(registry.get, "fly"), method)
    assert (response.status_code, response.data["error"]["code"]) == (status, "unknown_key")
    assert "known: add_tag" in response.data["error"]["message"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("req-42:a.b", True), ("x" * 129, False), ("a b", False), ("<script>", False), ("", False)],
)
def test_the_callers_request_id_is_kept_when_it_is_plainly_a_name(sent, kept):
    assert (answer(Http404(), **{"X-Request-Id": sent}).data["error"]["request_id"] == sent) is kept


def test_one_request_has_one_id():
    request = RequestFactory().get("/")
    error = ApiError(status=403, code="no", message="No.")
    assert error_response(request, error).content == error_response(request, error).content


def test_error_codes_come_from_class_names():
    assert code_of(TooManyTagsError()) == "too_many_tags"


def test_a_body_beyond_the_limit():
    response = answer(RequestDataTooBig("Request body exceeded settings.DATA_UPLOAD_MAX_MEMORY_SIZE."))
    assert (response.status_code, response.data["error"]["code"]) == (413, "too_large")
