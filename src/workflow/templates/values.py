"""The values that are given for a template's parameters: checked one by one, defaults filled in."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from accounts.models import Role
from accounts.notifications.members import NoSuchMemberError, member_named
from core.calendar import Duration, TimeOfDay
from core.errors import PermanentError
from core.phones import PhoneError, to_e164
from core.predicates.patterns import compile_pattern
from core.templating import TemplateError
from core.templating.tree import is_template
from core.text import strip_nul
from tenants.models import Tenant
from tenants.scope import require_tenant
from workflow.engine.rendering import liquid
from workflow.graph import Problem
from workflow.models import Workflow
from workflow.templates.parameters import Keywords, Parameter, ParameterSchema
from workflow.templates.surroundings import listing

_MOST_CHARS = 10_000
_TIME: TypeAdapter[str] = TypeAdapter(TimeOfDay)
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,59}")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,59}")


class ParametersError(PermanentError):
    """Some parameters are not valid. ``problems`` names each by its path below the parameters, with the mend."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.place}: {p.message}" for p in problems))
        self.problems = problems


def filled(schema: ParameterSchema, given: Mapping[str, Any], *, language: str) -> dict[str, Any]:
    """A value for every parameter: what is given, else the default in ``language``. Raises ``ParametersError``."""
    problems = [
        Problem(place=f"/{name}", message=_unknown(name, schema))
        for name in given
        if name not in schema.properties
    ]
    values: dict[str, Any] = {}
    for name, parameter in schema.properties.items():
        value = given.get(name)
        if value is None:
            value = parameter.default_in(language)
        if value is None:
            problems.append(Problem(place=f"/{name}", message="must be given; it has no default"))
            continue
        try:
            values[name] = checked(parameter, value)
        except _Wrong as exc:
            problems.append(Problem(place=f"/{name}{exc.within}", message=str(exc)))
    if problems:
        raise ParametersError(problems)
    return values


def _unknown(name: str, schema: ParameterSchema) -> str:
    known = ", ".join(schema.properties) or "none"
    return f"there is no such parameter; remove it. Known: {known}"


class _Wrong(Exception):  # noqa: N818  (caught where the parameter's name is known)
    """A value does not fit; ``within`` is its place inside the parameter's value."""

    def __init__(self, message: str, within: str = "") -> None:
        super().__init__(message)
        self.within = within


def checked(parameter: Parameter, value: Any) -> Any:
    """The value as it goes into the workflow."""
    value = _TYPES[parameter.type](parameter, value)
    if parameter.type != "array":
        _check_keywords(parameter, value)
    if isinstance(value, str) and is_template(value) and parameter.format != "template-text":
        raise _Wrong("Liquid ({{ … }}) is not read here; write the value itself")
    return _FORMATS[parameter.format](value) if parameter.format in _FORMATS else value


# -- types -------------------------------------------------------------------------------------------------------------


def _string(parameter: Any, value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("must be a text")
    if len(value) > _MOST_CHARS:
        raise _Wrong(f"is longer than {_MOST_CHARS} characters; shorten it")
    # A text in which blanks mean something is written in the workflow itself.
    return strip_nul(value).strip()


def _number(parameter: Any, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not Decimal(value).is_finite():
        raise _Wrong("must be a number")
    return value


def _integer(parameter: Any, value: Any) -> int:
    number = _number(parameter, value)
    if number != int(number):
        raise _Wrong("must be a whole number")
    return int(number)


def _boolean(parameter: Any, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("must be true or false")
    return value


def _array(parameter: Any, value: Any) -> list[Any]:
    assert isinstance(parameter, Parameter)
    assert parameter.items is not None
    if not isinstance(value, list):
        raise _Wrong("must be a list")
    low, high = parameter.min_items or 0, parameter.max_items or 1_000
    if not low <= len(value) <= high:
        raise _Wrong(f"must have {low} to {high} members; it has {len(value)}")
    members: list[Any] = []
    for number, member in enumerate(value):
        try:
            members.append(_TYPES[parameter.items.type](parameter.items, member))
            _check_keywords(parameter.items, members[-1])
        except _Wrong as exc:
            raise _Wrong(str(exc), f"/{number}") from None
        if isinstance(member, str) and is_template(member):
            raise _Wrong("Liquid ({{ … }}) is not read here; write the value itself", f"/{number}")
    return members


_TYPES: dict[str, Callable[[Any, Any], Any]] = {
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "array": _array,
}


def _check_keywords(words: Keywords, value: Any) -> None:
    if words.enum and value not in words.enum:
        raise _Wrong(f"must be one of {', '.join(map(str, words.enum))}")
    if isinstance(value, str):
        _check_text(words, value)
    elif not isinstance(value, bool):
        if words.minimum is not None and value < words.minimum:
            raise _Wrong(f"must be at least {words.minimum:g}")
        if words.maximum is not None and value > words.maximum:
            raise _Wrong(f"must be at most {words.maximum:g}")


def _check_text(words: Keywords, value: str) -> None:
    if words.min_length is not None and len(value) < words.min_length:
        raise _Wrong(
            "must not be empty"
            if words.min_length == 1
            else f"must have {words.min_length} characters or more"
        )
    if words.max_length is not None and len(value) > words.max_length:
        raise _Wrong(f"must have at most {words.max_length} characters; it has {len(value)}")
    if words.pattern:
        pattern = compile_pattern(f"^(?:{words.pattern})$")
        if len(value) > pattern.max_chars or not pattern.found_in(value):
            raise _Wrong(f"must be written as the pattern {words.pattern} says")


# -- formats -----------------------------------------------------------------------------------------------------------


def _template_text(value: str) -> str:
    if is_template(value):
        try:
            liquid().check(value)
        except TemplateError as exc:
            raise _Wrong(str(exc)) from None
    return value


def _phone(value: str) -> str:
    region = Tenant.objects.values_list("region", flat=True).get(id=require_tenant().id)
    try:
        return to_e164(value, region)
    except PhoneError as exc:
        raise _Wrong(f"{exc}; write it as in +213 555 12 34 56") from None


def _money(value: float) -> float:
    if value < 0:
        raise _Wrong("is less than nothing; write an amount")
    return value


def _duration(value: str) -> str:
    return _by_model(lambda: Duration.model_validate(value), value)


def _time(value: str) -> str:
    return _by_model(lambda: _TIME.validate_python(value), value)


def _by_model(read: Callable[[], Any], value: str) -> Any:
    try:
        found = read()
    except ValidationError as exc:
        raise _Wrong(exc.errors()[0]["msg"].removeprefix("Value error, ")) from None
    return found if isinstance(found, str) else value


def _url(value: str) -> str:
    if value and not (value.startswith("https://") and value.isprintable() and " " not in value):
        raise _Wrong("write an address that begins with https://")
    return value


def _member(value: str) -> str:
    try:
        member_named(value)
    except NoSuchMemberError as exc:
        raise _Wrong(str(exc)) from None
    return value


def _role(value: str) -> str:
    return _one_of(value, dict(Role.objects.values_list("slug", "label")), "role")


def _segment(value: str) -> str:
    return _one_of(value, listing("segment"), "segment")


def _channel(value: str) -> str:
    return _one_of(value, listing("channel"), "channel")


def _one_of(value: str, known: Mapping[str, str], noun: str) -> str:
    if value not in known:
        names = ", ".join(f"{key} ({label})" for key, label in known.items()) or "none yet"
        raise _Wrong(f"there is no {noun} {value[:60]!r}; known: {names}")
    return value


def _workflow(value: str) -> str:
    try:
        wanted = uuid.UUID(value)
    except ValueError:
        raise _Wrong("write the id of a published workflow") from None
    if not Workflow.objects.filter(id=wanted, active_version__isnull=False).exists():
        raise _Wrong("there is no published workflow with this id; choose another")
    return str(wanted)


def _event_type(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise _Wrong("write it in capital letters, digits and underscores, as in ORDER_PLACED")
    return value


def _custom_field(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise _Wrong("write it in small letters, digits and underscores, as in appointment")
    return value


_FORMATS: dict[str, Callable[[Any], Any]] = {
    "channel": _channel,
    "custom-field": _custom_field,
    "duration": _duration,
    "event-type": _event_type,
    "member": _member,
    "money": _money,
    "phone": _phone,
    "role": _role,
    "segment": _segment,
    "template-text": _template_text,
    "time": _time,
    "url": _url,
    "workflow": _workflow,
}


def _roles() -> Mapping[str, str]:
    return dict(Role.objects.values_list("slug", "label"))


def _workflows() -> Mapping[str, str]:
    rows = Workflow.objects.filter(active_version__isnull=False).order_by("name")
    return {str(key): name for key, name in rows.values_list("id", "name")}


#: What a form may offer for a format. Members have a list of their own, which not everyone may see.
_CHOICES: dict[str, Callable[[], Mapping[str, str]]] = {
    "channel": lambda: listing("channel"),
    "role": _roles,
    "segment": lambda: listing("segment"),
    "workflow": _workflows,
}


def choices_for(parameter: Parameter) -> Mapping[str, str]:
    """What the tenant has to choose from for this parameter, as ``{value: label}``; empty where all is free."""
    offer = _CHOICES.get(parameter.format)
    return offer() if offer is not None else {}
