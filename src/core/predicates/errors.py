"""The error of a predicate document that breaks the grammar."""

from __future__ import annotations

from core.errors import PermanentError


class PredicateError(PermanentError):
    """The predicate is not valid.

    ``pointer`` is the JSON pointer (RFC 6901) of the faulty part within the document, ``""`` being the
    whole; ``problem`` says what is wrong there and ``remedy`` what to do about it.
    """

    def __init__(self, pointer: str, problem: str, remedy: str) -> None:
        super().__init__(f"at {pointer or 'the top'}: {problem}; {remedy}")
        self.pointer = pointer
        self.problem = problem
        self.remedy = remedy

    def as_dict(self) -> dict[str, str]:
        """``{"pointer", "problem", "remedy"}`` for an API's error body."""
        return {"pointer": self.pointer, "problem": self.problem, "remedy": self.remedy}


class InvalidValueError(ValueError):
    """A value that its operator cannot use; ``parse`` turns it into a ``PredicateError`` with the full pointer.

    ``within`` is the JSON pointer inside the value, e.g. ``"/3"`` for the fourth item of a list.
    """

    def __init__(self, problem: str, remedy: str, *, within: str = "") -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem
        self.remedy = remedy
        self.within = within


def pointer_step(key: str) -> str:
    """One step of a JSON pointer: ``/`` and the key, escaped as RFC 6901 asks."""
    return "/" + key.replace("~", "~0").replace("/", "~1")
