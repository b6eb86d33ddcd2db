"""The gaps in a WhatsApp template: which there are, and the object that sends it with them filled.

Source: Meta, "Cloud API › Message templates › Components". Gaps are numbered (``{{1}}``) or named (``{{name}}``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from channels_app.providers.base import (
    FilledTemplate,
    ProviderTemplate,
    TemplateParameter,
    TemplateValuesError,
)
from channels_app.providers.wire import as_dict, as_list, as_text

_GAP = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_MAX_VALUE = 1_024
_FILES = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Gap:
    """A gap, and where its value goes in the object that is sent."""

    parameter: TemplateParameter
    name: str
    component: tuple[str, str, str]

    def value(self, text: str) -> Json:
        """The parameter as Meta takes it."""
        kind = self.parameter.kind
        if kind == "coupon_code":
            return {"type": kind, kind: text}
        if kind != "text":
            return {"type": kind, kind: {"link": text}}
        named = {} if self.name.isdigit() else {"parameter_name": self.name}
        return {"type": "text", "text": text, **named}


def parameters(template: ProviderTemplate) -> list[TemplateParameter]:
    """The gaps, header first, then body, then buttons."""
    return [gap.parameter for gap in _gaps(template)]


def fill(template: ProviderTemplate, values: Mapping[str, str]) -> FilledTemplate:
    """The object for ``messages``, and the text with the values in it. Raises ``TemplateValuesError``."""
    gaps = list(_gaps(template))
    _check(gaps, values)
    components: dict[tuple[str, str, str], list[Json]] = {}
    for gap in gaps:
        components.setdefault(gap.component, []).append(gap.value(values[gap.parameter.key].strip()))
    return FilledTemplate(
        template={
            "name": template.name,
            "language": {"code": template.language},
            "components": [_component(where, filled) for where, filled in components.items()],
        },
        text=_text(template, values),
    )


def _check(gaps: list[_Gap], values: Mapping[str, str]) -> None:
    known = {gap.parameter.key for gap in gaps}
    problems = {key: ["This template has no such gap."] for key in values if key not in known}
    for gap in gaps:
        text = values.get(gap.parameter.key, "").strip()
        if not text:
            problems[gap.parameter.key] = ["Write what is to stand here."]
        elif len(text) > _MAX_VALUE:
            problems[gap.parameter.key] = [f"Write at most {_MAX_VALUE} characters."]
        elif gap.parameter.kind == "text" and re.search(r"[\n\t]| {5,}", text):
            problems[gap.parameter.key] = ["WhatsApp takes no new lines, tabs or rows of spaces here."]
        elif gap.parameter.kind in _FILES.values() and not text.startswith("https://"):
            problems[gap.parameter.key] = ["Write an address that begins with https://."]
    if problems:
        raise TemplateValuesError(problems)


def _component(where: tuple[str, str, str], filled: list[Json]) -> Json:
    kind, sub_type, index = where
    button = {"sub_type": sub_type, "index": index} if kind == "button" else {}
    return {"type": kind, **button, "parameters": filled}


def _gaps(template: ProviderTemplate) -> Iterator[_Gap]:
    parts = {as_text(part.get("type")).upper(): part for part in template.components}
    header = parts.get("HEADER", {})
    kind = _FILES.get(as_text(header.get("format")).upper())
    if kind is not None:
        parameter = TemplateParameter(key="header.file", component="header", kind=kind, title=kind.title())
        yield _Gap(parameter, "1", ("header", "", ""))
    else:
        yield from _gaps_of("header", header)
    yield from _gaps_of("body", parts.get("BODY", {}))
    for index, button in enumerate(as_list(parts.get("BUTTONS", {}).get("buttons"))):
        yield from _gaps_of_button(as_dict(button), index)


def _gaps_of(component: str, part: Json) -> Iterator[_Gap]:
    examples = _examples(component, as_dict(part.get("example")))
    for position, name in enumerate(dict.fromkeys(_GAP.findall(as_text(part.get("text"))))):
        parameter = TemplateParameter(
            key=f"{component}.{name}",
            component=component,
            title=name,
            example=examples.get(name, examples.get(str(position + 1), "")),
        )
        yield _Gap(parameter, name, (component, "", ""))


def _gaps_of_button(button: Json, index: int) -> Iterator[_Gap]:
    title = as_text(button.get("text"))
    example = next((as_text(text) for text in as_list(button.get("example"))), "")
    kind = as_text(button.get("type")).upper()
    if kind == "URL" and (found := _GAP.search(as_text(button.get("url")))):
        parameter = TemplateParameter(
            key=f"button.{index}", component="button", title=f"{title}: {button['url']}", example=example
        )
        # Numbered or named, the one gap of an address is sent without a name.
        yield _Gap(parameter, found[1] if found[1].isdigit() else "1", ("button", "url", str(index)))
    elif kind == "COPY_CODE":
        parameter = TemplateParameter(
            key=f"button.{index}",
            component="button",
            kind="coupon_code",
            title=title,
            example=as_text(button.get("example")),
        )
        yield _Gap(parameter, "1", ("button", "copy_code", str(index)))


def _examples(component: str, example: Json) -> dict[str, str]:
    given = as_list(example.get(f"{component}_text"))
    numbered = as_list(given[0]) if given and isinstance(given[0], list) else given
    named = as_list(example.get(f"{component}_text_named_params"))
    return {
        **{str(number): as_text(text) for number, text in enumerate(numbered, start=1)},
        **{as_text(as_dict(one).get("param_name")): as_text(as_dict(one).get("example")) for one in named},
    }


def _text(template: ProviderTemplate, values: Mapping[str, str]) -> str:
    lines = []
    for part in template.components:
        component = as_text(part.get("type")).lower()
        text = as_text(part.get("text"))
        if component in ("header", "body", "footer") and text:
            lines.append(
                _GAP.sub(lambda gap, of=component: values.get(f"{of}.{gap[1]}", gap[0]).strip(), text)  # type: ignore[misc]
            )
    return "\n".join(lines)
