"""How rendering fails: by the template's fault, or by ours."""

from __future__ import annotations

from core.errors import PermanentError, RetryableError


class TemplateError(PermanentError):
    """The template cannot be rendered.

    Written for the template's author. ``line`` counts from 1 and is ``None`` where no line is to blame; ``place`` is
    the path of the template inside the tree that was rendered, such as ``buttons.0.title``, or empty.
    """

    def __init__(self, reason: str, *, line: int | None = None, place: str = "") -> None:
        parts = [place, "" if line is None else f"line {line}", reason]
        super().__init__(": ".join(part for part in parts if part))
        self.reason = reason
        self.line = line
        self.place = place


class TemplateEngineError(RetryableError):
    """The process that renders templates could not be started."""
