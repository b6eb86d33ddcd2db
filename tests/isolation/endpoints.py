"""Every endpoint of a tenant's host, read from the URL resolver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``parameters`` are the names in its path; ``route`` is the path with ``{name}`` in their places."""

    route: str
    parameters: tuple[str, ...]
    methods: tuple[str, ...]
    callback: Any

    @property
    def view(self) -> Any:
        """The view's class, or the function itself."""
        return getattr(self.callback, "cls", getattr(self.callback, "view_class", self.callback))

    def path(self, **values: object) -> str:
        """The path with ``values`` in it."""
        return self.route.format(**values)

    def __str__(self) -> str:
        return self.route


def endpoints(urlconf: str) -> list[Endpoint]:
    """All of them, in order."""
    return list(_walk(get_resolver(urlconf), "/", ()))


def _walk(resolver: URLResolver, prefix: str, names: tuple[str, ...]) -> Iterator[Endpoint]:
    for entry in resolver.url_patterns:
        part, parameters = _plain(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, prefix + part, names + parameters)
        elif isinstance(entry, URLPattern):
            yield Endpoint(prefix + part, names + parameters, _methods(entry.callback), entry.callback)


def _plain(pattern: Any) -> tuple[str, tuple[str, ...]]:
    """A pattern as a format string. Django's own normaliser writes ``%(name)s``."""
    if isinstance(pattern, RegexPattern):
        from django.utils.regex_helper import normalize

        # The last of the possibilities is the longest: with optional parts.
        text, parameters = normalize(pattern.regex.pattern)[-1]
    else:
        text, parameters = _route(str(pattern))
    for name in parameters:
        text = text.replace(f"%({name})s", f"{{{name}}}")
    return text, tuple(parameters)


def _route(route: str) -> tuple[str, list[str]]:
    text, parameters = "", []
    while "<" in route:
        before, _, rest = route.partition("<")
        name, _, route = rest.partition(">")
        name = name.rpartition(":")[2]
        parameters.append(name)
        text += f"{before}%({name})s"
    return text + route, parameters


def _methods(callback: Any) -> tuple[str, ...]:
    actions = getattr(callback, "actions", None)
    if actions:
        return tuple(name for name in actions if name in callback.cls.http_method_names)
    view = getattr(callback, "cls", getattr(callback, "view_class", None))
    if view is None:
        return ("get", "post")
    return tuple(name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name))
