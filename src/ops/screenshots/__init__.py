"""``./wasl screenshots``: every page of the web UI as a picture, in every look."""

from ops.screenshots.command import main

__all__ = ["main"]
