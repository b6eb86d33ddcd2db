"""Preconditions: ``If-Match`` with the revision of a draft that the caller has read."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The revision read; 409 when the draft was changed since.",
)


def if_match(request: Request) -> int | None:
    """The revision that ``If-Match`` names, in quotes or without; ``None`` when there is no such header."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    text = header.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise serializers.ValidationError({"If-Match": ['Write the revision that you have read, as "3".']})
    return int(text)
