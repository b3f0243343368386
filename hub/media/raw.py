"""The rules of raw media: sound and picture stay in RAM, in the hands that asked for them."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final, NoReturn, SupportsIndex

from hub.core.errors import RawMediaError

if TYPE_CHECKING:

    class _Mapping:
        """Raw media is no mapping to its users; see `RawMedia`."""
else:
    _Mapping = dict


def _refusal(what: str) -> RawMediaError:
    return RawMediaError(
        f"raw media was about to be {what}",
        remedy="pass on what was recognised in it, or write it to a sink that the household chose",
    )


class _RefusingZone(tzinfo):
    """A time zone that an encoder must ask for its offset, and that refuses to tell."""

    def utcoffset(self, _when: datetime | None) -> timedelta:
        raise _refusal("encoded")

    def tzname(self, _when: datetime | None) -> str:
        raise _refusal("encoded")

    def dst(self, _when: datetime | None) -> timedelta:
        raise _refusal("encoded")


_REFUSAL: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=_RefusingZone())


class RawMedia(_Mapping):
    """Base of chunks and frames: pickle, JSON, MessagePack, copy, repr, str, format and the bus raise `RawMediaError`.

    Encoders refuse an unknown class with an error of their own, which names no remedy and which a fallback
    (`default=repr`) gets around. They do look into a mapping, though: so to them this is one. Encoders in Python ask
    for its items; those in C read its one entry, a moment that will not say when it was.
    """

    __slots__ = ()

    def __init__(self) -> None:
        if not TYPE_CHECKING:
            dict.__setitem__(self, "raw", _REFUSAL)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __reduce__(self) -> NoReturn:
        raise _refusal("pickled")

    def __reduce_ex__(self, _protocol: SupportsIndex) -> NoReturn:
        raise _refusal("pickled")

    def __getstate__(self) -> NoReturn:
        raise _refusal("pickled")

    def __copy__(self) -> NoReturn:
        raise _refusal("copied")

    def __deepcopy__(self, _memo: object) -> NoReturn:
        raise _refusal("copied")

    def __repr__(self) -> NoReturn:
        raise _refusal("shown")

    def __str__(self) -> str:
        raise _refusal("shown")

    def __format__(self, _spec: str) -> NoReturn:
        raise _refusal("shown")

    def __bytes__(self) -> bytes:
        raise _refusal("turned into bytes")

    def __iter__(self) -> NoReturn:
        raise _refusal("taken apart")

    def __getitem__(self, _key: Any) -> NoReturn:
        raise _refusal("taken apart")

    def keys(self) -> NoReturn:
        """Refused."""
        raise _refusal("encoded")

    def values(self) -> NoReturn:
        """Refused."""
        raise _refusal("encoded")

    def items(self) -> NoReturn:
        """Refused."""
        raise _refusal("encoded")

    def get(self, _key: Any, _default: Any = None) -> NoReturn:
        """Refused."""
        raise _refusal("taken apart")

    def copy(self) -> NoReturn:
        """Refused."""
        raise _refusal("copied")
