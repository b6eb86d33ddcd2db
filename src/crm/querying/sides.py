"""A predicate as two SQL conditions: for whom it is true, and for whom it is false; in neither are those with an error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import BooleanField, Q, Value
from django.db.models.functions import Coalesce

# An empty Q means "no condition", and is lost when it stands beside another: these two say what they mean.
EVERYBODY = Q(pk__isnull=False)
NOBODY = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Sides:
    """Where not ``exact``, both are true of too many: whoever they choose has still to be looked at."""

    true: Q
    false: Q
    exact: bool = True

    def swapped(self) -> Sides:
        """Of the opposite predicate."""
        return Sides(self.false, self.true, self.exact)


#: Of a predicate that SQL knows nothing of.
UNKNOWN = Sides(EVERYBODY, EVERYBODY, exact=False)
ALWAYS = Sides(EVERYBODY, NOBODY)
NEVER = Sides(NOBODY, EVERYBODY)


def when(condition: Q) -> Sides:
    """Of a condition that is never null: false is what is not true."""
    return Sides(condition, ~condition)


def at_most(condition: Q) -> Sides:
    """Of a predicate that is true only where ``condition`` holds, and not always there."""
    return Sides(condition, EVERYBODY, exact=False)


def sure(condition: Any) -> Q:
    """A condition on an expression, false where that is null."""
    return Q(Coalesce(condition, Value(False), output_field=BooleanField()))


def all_of(children: Iterable[Sides]) -> Sides:
    """Every one true; one false is enough for false."""
    sides = list(children)
    if not sides:
        return ALWAYS
    return Sides(
        reduce(and_, (side.true for side in sides)),
        reduce(or_, (side.false for side in sides)),
        all(side.exact for side in sides),
    )


def any_of(children: Iterable[Sides]) -> Sides:
    """One true is enough; all false for false."""
    sides = list(children)
    if not sides:
        return NEVER
    return Sides(
        reduce(or_, (side.true for side in sides)),
        reduce(and_, (side.false for side in sides)),
        all(side.exact for side in sides),
    )
