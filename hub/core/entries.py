"""An entry among those who are told or asked: made now, and taken out again by the function that making it returns."""

from collections.abc import Callable, MutableMapping, MutableSequence
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")


def _nothing() -> None:
    pass


def enter(entries: MutableSequence[T], entry: T, *, left: Callable[[], object] = _nothing) -> Callable[[], None]:
    """Add `entry`; what is returned takes it out and calls `left`, once, however often it is called."""
    entries.append(entry)

    def leave() -> None:
        if entry in entries:
            entries.remove(entry)
            left()

    return leave


def enter_under(entries: MutableMapping[K, T], key: K, entry: T) -> Callable[[], None]:
    """Put `entry` in the place of any under `key`; what is returned takes it out, if it still stands there."""
    entries[key] = entry

    def leave() -> None:
        if entries.get(key) is entry:
            del entries[key]

    return leave
