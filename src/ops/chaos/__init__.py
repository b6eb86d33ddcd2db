"""``./wasl chaos``: kill everything at random under load, then count what was lost, doubled or put out of order."""

from ops.chaos.command import main

__all__ = ["main"]
