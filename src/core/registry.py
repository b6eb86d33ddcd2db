"""A registry: a dictionary that refuses duplicates and wrong bases, and names its keys on a miss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class UnknownKeyError(LookupError):
    """Nothing is registered under that key."""


class Registry(Generic[T]):
    """Maps a slug to an object of one base type.

    ``noun`` names the registered thing in error messages, e.g. ``Registry[Action]("action", base=Action)``.
    """

    def __init__(self, noun: str, *, base: type | None = None) -> None:
        self.noun = noun
        self._base = base
        self._items: dict[str, T] = {}

    def add(self, key: str, value: T) -> T:
        """Register ``value`` under ``key``. Raises ``ValueError`` if taken, ``TypeError`` on a wrong base."""
        if key in self._items and self._items[key] is not value:
            raise ValueError(f"{self.noun} {key!r} is registered twice: {self._items[key]!r} and {value!r}")
        if self._base is not None and not (
            isinstance(value, self._base) or (isinstance(value, type) and issubclass(value, self._base))
        ):
            raise TypeError(f"{value!r} cannot be a {self.noun}: it is not a {self._base.__name__}")
        self._items[key] = value
        return value

    def register(self, key: str) -> Callable[[T], T]:
        """Decorator form of :meth:`add`."""
        return lambda value: self.add(key, value)

    def get(self, key: str) -> T:
        """The object under ``key``. Raises ``UnknownKeyError``, which lists the known keys."""
        try:
            return self._items[key]
        except KeyError:
            known = ", ".join(sorted(self._items)) or "none"
            raise UnknownKeyError(f"unknown {self.noun} {key!r}; known: {known}") from None

    def find(self, key: str) -> T | None:
        """The object under ``key`` or ``None``."""
        return self._items.get(key)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._items))

    def __len__(self) -> int:
        return len(self._items)

    def values(self) -> list[T]:
        """The registered objects in the order of their keys."""
        return [self._items[key] for key in self]
