"""What the inbox tells workflow templates of a tenant: its channels, their providers, whether its opening hours are set."""

from __future__ import annotations

from collections.abc import Mapping

from channels_app.models import Channel
from channels_app.providers.registry import PROVIDERS
from channels_app.selectors import business_hours
from workflow.templates.surroundings import LISTINGS


def channels() -> Mapping[str, str]:
    """The names of the active channels, by id."""
    rows = Channel.objects.filter(is_active=True).order_by("name")
    return {str(key): name for key, name in rows.values_list("id", "name")}


def providers() -> Mapping[str, str]:
    """The providers of the active channels."""
    there = set(Channel.objects.filter(is_active=True).order_by().values_list("provider", flat=True))
    return {provider.slug: provider.label for provider in PROVIDERS.values() if provider.slug in there}


def settings() -> Mapping[str, str]:
    """What was set for the inbox."""
    return {"business_hours": "Opening hours"} if business_hours() is not None else {}


LISTINGS.add("channel", channels)
LISTINGS.add("provider", providers)
LISTINGS.add("setting", settings)
