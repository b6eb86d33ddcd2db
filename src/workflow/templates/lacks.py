"""What a tenant lacks for a template to do its work: channels, connections and settings, which are for people to set up."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.connections.models import Connection
from workflow.templates.document import ANY, ConnectionNeed, Template
from workflow.templates.surroundings import listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacks:
    """``channels``: providers of which one must be set up (``any``: whichever); ``connections``: those to be stored;
    ``settings``: those to be set."""

    channels: tuple[str, ...] = ()
    connections: tuple[ConnectionNeed, ...] = ()
    settings: tuple[str, ...] = ()


def lacks_of(template: Template) -> Lacks:
    """What is missing now."""
    there = set(listing("provider"))
    enough = not template.channels or (there if ANY in template.channels else there & set(template.channels))
    stored = set(Connection.objects.values_list("type", "name"))
    types = {kind for kind, _ in stored}
    made = listing("setting")
    return Lacks(
        settings=tuple(name for name in template.settings if name not in made),
        channels=() if enough else tuple(template.channels),
        connections=tuple(
            need
            for need in template.connections
            if (need.type, need.name) not in stored and not (need.name == "" and need.type in types)
        ),
    )
