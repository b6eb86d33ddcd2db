"""What a kind of job is: how much there is to do, and how one small batch of it is done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import OperationalError

from core.registry import Registry
from events.queue.enqueue import savepoint
from events.queue.finish import LeaseLostError

if TYPE_CHECKING:
    from workflow.models import Job

#: Failures whose text a job keeps; the rest are only counted.
_MOST_ERRORS = 50


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch came to: where the next one begins (empty: nothing is left), how many were ``done`` and how many
    ``failed``, and the keys of the job's ``result`` to set. Keys that begin with ``_`` are the kind's own, shown to nobody
    and dropped at the end."""

    cursor: str
    done: int = 0
    failed: int = 0
    result: Mapping[str, Any] = field(default_factory=dict)


class JobKind(ABC):
    """Base of all kinds. ``size`` is how many things one batch takes: so few that nobody waits long behind them."""

    slug: ClassVar[str]
    label: ClassVar[str]
    size: ClassVar[int] = 50

    def total(self, params: Mapping[str, Any]) -> int | None:
        """How many things there are to do, where that is cheaply known."""
        return None

    @abstractmethod
    def batch(self, job: Job, cursor: str, size: int) -> Batch:
        """Do the next batch, in the caller's transaction, from ``cursor`` on (empty: from the beginning). What it raises is
        tried again, and ends the job when it is permanent or goes on."""


JOB_KINDS: Registry[JobKind] = Registry("job kind", base=JobKind)


def register_job(kind: type[JobKind]) -> type[JobKind]:
    """Class decorator: register an instance under its slug."""
    JOB_KINDS.add(kind.slug, kind())
    return kind


class Failures:
    """What went wrong in a batch, thing by thing, beside what is known of the job's batches before."""

    def __init__(self, job: Job) -> None:
        self._errors: list[dict[str, str]] = list(job.result.get("errors", ()))
        self.count = 0

    def attempt(self, name: Any, work: Callable[[], Any]) -> bool:
        """Do ``work`` in a savepoint; whether it worked. Only what is wrong with the thing itself is kept to it."""
        try:
            with savepoint():
                work()
        except (OperationalError, LeaseLostError):
            raise
        except Exception as exc:
            self.count += 1
            if len(self._errors) < _MOST_ERRORS:
                self._errors.append({"of": str(name), "error": f"{type(exc).__name__}: {exc}"[:500]})
            return False
        return True

    def result(self) -> dict[str, Any]:
        """For the job's ``result``."""
        return {"errors": self._errors} if self._errors else {}
