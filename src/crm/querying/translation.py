"""From a parsed predicate to SQL conditions on contacts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from django.db.models import CharField, Count, Exists, F, Func, Model, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast

from core.ids import uuid7_bound
from core.predicates import AllOf, AnyOf, Comparison, Node, Not, comparisons
from core.predicates.operators import OPERATORS
from core.predicates.results import Context, Fault
from core.predicates.times import now_of, parse_duration
from crm.models import ContactSegment, ContactTag, CustomField, Segment, Tag
from crm.querying.custom import compare_custom
from crm.querying.sides import NEVER, UNKNOWN, Sides, all_of, any_of, when
from crm.querying.texts import OPPOSITES, Normalized, TextColumn, compare_text
from crm.querying.times import compare_moment
from events.models import Event

_CUSTOM = "user.custom."
#: How much earlier than it was recorded an event's id may have been made.
_SLACK = timedelta(minutes=1)


@dataclass(slots=True)
class Translator:
    """Translates the lines of one predicate. ``context`` holds ``tenant.timezone`` and ``now``."""

    context: Context
    fields: Mapping[str, CustomField] = field(default_factory=dict)

    @classmethod
    def of(cls, node: Node, context: Context) -> Translator:
        """With the declarations of the custom fields that the predicate reads."""
        slugs = {
            line.field.removeprefix(_CUSTOM)
            for _, line in comparisons(node)
            if line.field.startswith(_CUSTOM)
        }
        declared = CustomField.objects.filter(slug__in=slugs) if slugs else ()
        return cls(context, {row.slug: row for row in declared})

    def sides(self, node: Node) -> Sides:
        """For whom the predicate is true, and for whom it is false."""
        match node:
            case Not(child):
                return self.sides(child).swapped()
            case AllOf(children):
                return all_of([self.sides(child) for child in children])
            case AnyOf(children):
                return any_of([self.sides(child) for child in children])
            case Comparison():
                return self._line(node)

    def _line(self, line: Comparison) -> Sides:
        opposite = OPPOSITES.get(line.op)
        if opposite is not None:
            return self._line(Comparison(line.field, opposite, line.value)).swapped()
        if line.field.startswith(_CUSTOM):
            declared = self.fields.get(line.field.removeprefix(_CUSTOM))
            return (
                compare_custom(declared, line.op, line.value, self.context)
                if declared is not None
                else UNKNOWN
            )
        compare = _FIELDS.get(line.field)
        return compare(line, self.context) if compare is not None else UNKNOWN


def _text(column: TextColumn, line: Comparison, context: Context) -> Sides:
    return compare_text(column, line.op, line.value)


def _moment(column: str, line: Comparison, context: Context) -> Sides:
    return compare_moment(column, line.op, line.value, context)


def _opted_out(line: Comparison, context: Context) -> Sides:
    out = when(Q(opted_out_at__isnull=False))
    if line.op == "is_null":
        return NEVER
    if line.op not in ("equals", "in"):
        return UNKNOWN
    wanted = line.value if isinstance(line.value, tuple) else (line.value,)
    return any_of([out if value is True else out.swapped() for value in wanted if isinstance(value, bool)])


@dataclass(frozen=True, slots=True)
class _Words:
    """A list of words of a contact: ``names`` are all that there are, by id; ``worn`` the rows that give them."""

    names: Callable[[], Collection[tuple[uuid.UUID, str]]]
    worn: type[Model]
    column: str

    def compare(self, line: Comparison, context: Context) -> Sides:
        """There are few words and many contacts: each word is asked by itself, as a list of one."""
        rows = self.worn._default_manager.filter(contact_id=OuterRef("pk"))
        if line.op == "is_null":
            return NEVER
        if line.op == "is_empty":
            return when(~Q(Exists(rows)))
        if line.op not in ("contains", "icontains", "in"):
            return UNKNOWN
        test = OPERATORS.get(line.op).build(line)
        verdicts = {key: test([name], context) for key, name in self.names()}
        if any(isinstance(verdict, Fault) for verdict in verdicts.values()):
            return UNKNOWN
        wanted = [key for key, verdict in verdicts.items() if verdict is True]
        return when(Q(Exists(rows.filter(**{f"{self.column}__in": wanted})))) if wanted else NEVER


def _performed(line: Comparison, context: Context) -> Sides:
    wanted, now = line.value, now_of(context)
    window = parse_duration(wanted.within)
    if line.op != "performed" or window is None or isinstance(now, Fault):
        return UNKNOWN
    try:
        since = now - window
        first = uuid7_bound(since - _SLACK)
    except (OverflowError, ValueError):
        return UNKNOWN
    happened = Event.objects.filter(
        type=wanted.event_type, recorded_at__gte=since, recorded_at__lte=now, id__gte=first
    ).exclude(contact_id=None)
    counted = happened.order_by().values("contact_id").annotate(times=Count("id"))
    often = Q(pk__in=counted.filter(times__gte=wanted.at_least).values("contact_id"))
    if wanted.at_least <= 0:
        often = Q(pk__isnull=False)
    if wanted.at_most is not None:
        often &= ~Q(pk__in=counted.filter(times__gt=wanted.at_most).values("contact_id"))
    return when(often)


def _column(name: str, *, present: Q | None = None, plain: bool = False) -> TextColumn:
    """``plain``: only ever ASCII, which needs no normalising."""
    text = F(name) if plain else Normalized(F(name))
    searched = name in ("name", "phone", "email", "external_id")
    given = {"present": present} if present is not None else {}
    return TextColumn(text, folded_in_search=searched, **given)


def _first_name() -> TextColumn:
    first = Func(F("name"), Value(" "), Value(1), function="split_part", output_field=TextField())
    return TextColumn(Normalized(first), folded_in_search=True)


_FIELDS: dict[str, Callable[[Comparison, Context], Sides]] = {
    "user.id": partial(_text, TextColumn(Cast(F("id"), CharField()))),
    "user.name": partial(_text, _column("name")),
    "user.first_name": partial(_text, _first_name()),
    "user.phone": partial(_text, _column("phone", plain=True)),
    "user.email": partial(_text, _column("email")),
    "user.language": partial(_text, _column("language")),
    "user.timezone": partial(_text, _column("timezone", plain=True)),
    "user.external_id": partial(_text, _column("external_id", present=Q(external_id__isnull=False))),
    "user.created_at": partial(_moment, "created_at"),
    "user.opted_out": _opted_out,
    "user.tags": _Words(lambda: Tag.objects.values_list("id", "name"), ContactTag, "tag_id").compare,
    "user.segments": _Words(
        lambda: Segment.objects.values_list("id", "key"), ContactSegment, "segment_id"
    ).compare,
    "user": _performed,
}
