"""Tags themselves: found, made, renamed, removed."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.errors import PermanentError
from core.text import strip_nul
from crm.models import Tag, tag_key
from crm.services.segments import refresh_asking

_MAX_NAME = 80


class InvalidTagError(PermanentError):
    """A tag's name has 1 to 80 characters."""

    field = "name"


class InvalidColorError(InvalidTagError):
    """Write a colour as #64748b."""

    field = "color"


class TagExistsError(InvalidTagError):
    """There is a tag of that name already, perhaps in other letters."""


def clean_name(name: str) -> str:
    """The name as it is stored. Raises ``InvalidTagError``."""
    text = strip_nul(name).strip()
    if not 0 < len(text) <= _MAX_NAME:
        raise InvalidTagError
    return text


def find_tags(names: Collection[str]) -> dict[str, Tag]:
    """The tags that there are of these names, by the names as given."""
    keys = {name: tag_key(strip_nul(name).strip()) for name in names}
    found = _by_key(keys.values())
    return {name: found[key] for name, key in keys.items() if key in found}


def ensure_tags(names: Collection[str]) -> dict[str, Tag]:
    """The tags of these names, made when missing; by the names as given, of which the first of a kind is kept.

    Raises ``InvalidTagError``.
    """
    cleaned = {name: clean_name(name) for name in names}
    wanted: dict[str, str] = {}
    for text in cleaned.values():
        wanted.setdefault(tag_key(text), text)
    found = _by_key(wanted)
    if wanted.keys() - found.keys():
        fresh = [Tag(name=text, key=key) for key, text in wanted.items() if key not in found]
        # A rival transaction may make the same tag: then its row is the one.
        Tag.objects.bulk_create(fresh, ignore_conflicts=True)
        found = _by_key(wanted)
    return {name: found[tag_key(text)] for name, text in cleaned.items()}


def create_tag(*, name: str, color: str = "") -> Tag:
    """Make a tag. Raises ``InvalidTagError`` and its kinds."""
    tag = Tag()
    return _save(tag, name=name, color=color or tag.color)


@transaction.atomic
def update_tag(tag: Tag, *, name: str | None = None, color: str | None = None) -> Tag:
    """Rename or recolour a tag; whoever wears it goes on wearing it. Raises ``InvalidTagError`` and its kinds."""
    before = tag.name
    _save(tag, name=tag.name if name is None else name, color=tag.color if color is None else color)
    if tag.name != before:
        refresh_asking(_asks_tags)
    return tag


@transaction.atomic
def delete_tags(tags: Collection[Tag]) -> None:
    """Remove tags, from everybody who wears them. No ``TAG_REMOVED``: nothing was said about any one contact."""
    Tag.objects.filter(id__in=[tag.id for tag in tags]).delete()
    refresh_asking(_asks_tags)


def _asks_tags(field: str) -> bool:
    return field == "user.tags" or field.startswith("user.tags.")


def _save(tag: Tag, *, name: str, color: str) -> Tag:
    tag.name = clean_name(name)
    tag.key = tag_key(tag.name)
    tag.color = color
    try:
        tag.clean_fields(exclude={"name", "key"})
        with transaction.atomic():
            tag.save()
    except ValidationError as exc:
        raise InvalidColorError from exc
    except IntegrityError as exc:
        raise TagExistsError from exc
    return tag


def _by_key(keys: Collection[str]) -> dict[str, Tag]:
    return {tag.key: tag for tag in Tag.objects.filter(key__in=list(keys))}
