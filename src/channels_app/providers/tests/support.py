"""What the providers' tests share: recorded bodies, and generators of hostile JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from channels_app.providers.base import Inbound, Provider, WebhookRequest

PROVIDERS_DIR = Path(__file__).resolve().parents[1]


def recorded(slug: str) -> dict[str, bytes]:
    """The recorded bodies of a provider, by name."""
    return {
        path.stem: path.read_bytes() for path in sorted((PROVIDERS_DIR / slug / "recorded").glob("*.json"))
    }


def read(provider: Provider, body: bytes) -> list[Inbound]:
    """Everything that a body says, in order."""
    return [found for fragment in provider.split(body) for found in provider.parse(fragment.payload)]


def request(
    body: bytes = b"", *, method: str = "POST", query: dict[str, str] | None = None, **headers: str
) -> WebhookRequest:
    """A webhook request; underscores in header names stand for hyphens."""
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return WebhookRequest(method=method, query=query or {}, headers=named, body=body)


def dumps(value: Any) -> bytes:
    return json.dumps(value).encode()


# Lone surrogates, NUL, numbers out of every range: all that json.dumps can write.
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None, categories=None) | st.sampled_from("\x00\ud800\udfff٣م"), max_size=20)
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def mutated(bodies: dict[str, bytes]) -> st.SearchStrategy[Any]:
    """Recorded bodies in which one value, anywhere, is replaced by arbitrary JSON or removed."""

    @st.composite
    def build(draw: st.DrawFn) -> Any:
        value = json.loads(bodies[draw(st.sampled_from(sorted(bodies)))])
        places = list(_places(value))
        container, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            container[key] = draw(json_values)
        else:
            del container[key]
        return value

    return build()


def _places(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        yield value, key
        yield from _places(item)
