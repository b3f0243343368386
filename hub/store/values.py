"""Trait values, causes and moments as the few bytes that a row of history keeps."""

import enum
import math
import struct
from typing import Final

from hub.core.events import Value
from hub.core.ids import EPOCH_MS

_ID_SHIFT: Final = 21  # hub.core.ids: what lies below is the sequence within the millisecond
_LAST_ID: Final = 2**63 - 1
_EXACT: Final = 2**53  # whole numbers up to here survive in a double


class Form(enum.IntEnum):
    """Of what type a stored value is. The two commonest cost no byte in SQLite, which stores 0 and 1 for free."""

    FLOAT = 0
    BOOL = 1
    INT = 2
    TEXT = 3
    NONE = 4
    BIG_INT = 5  # beyond what a double holds exactly: kept as its digits
    TENTHS = 6  # 20.5 as 205: SQLite keeps whole numbers in one to three bytes, others in eight
    HUNDREDTHS = 7
    THOUSANDTHS = 8


_SCALE_OF: Final[dict[int, float]] = {Form.TENTHS: 10.0, Form.HUNDREDTHS: 100.0, Form.THOUSANDTHS: 1000.0}
# For the rows themselves: SQLite's driver looks for an adapter for every value that is not a plain int.
_FLOAT, _BOOL, _INT, _TEXT, _NONE, _BIG_INT, _TENTHS, _HUNDREDTHS, _THOUSANDTHS = map(int, Form)


StoredValue = tuple[int, float | None, str | None]
"""`(form, number, text)`"""


def store_value(value: Value) -> StoredValue:
    """A trait's value as the columns form, number and text."""
    if isinstance(value, bool):
        return _BOOL, float(value), None
    if isinstance(value, float):
        return _store_float(value)
    if isinstance(value, int):
        if -_EXACT <= value <= _EXACT:
            return _INT, float(value), None
        return _BIG_INT, None, str(value)
    if value is None:
        return _NONE, None, None
    return _TEXT, None, storable(value)


def _store_float(value: float) -> StoredValue:
    if -1e6 < value < 1e6:
        scaled = round(value * 1000.0)
        if scaled / 1000 == value:  # exact: division of whole numbers rounds to the nearest double
            if scaled % 10:
                return _THOUSANDTHS, float(scaled), None
            if scaled % 100:
                return _HUNDREDTHS, scaled / 10, None
            if scaled % 1000:
                return _TENTHS, scaled / 100, None
    elif value != value:
        return _FLOAT, None, None
    return _FLOAT, value, None


def load_value(form: int, number: float | None, text: str | None) -> Value:
    """The value that `store_value` took apart; an unknown form (a newer hub's) is None."""
    if form == Form.FLOAT:
        return math.nan if number is None else float(number)
    scale = _SCALE_OF.get(form)
    if scale is not None:
        return float(number or 0) / scale
    if form == Form.BOOL:
        return bool(number)
    if form == Form.INT:
        return int(number or 0)
    if form == Form.TEXT:
        return text or ""
    return int(text or 0) if form == Form.BIG_INT else None


def storable(text: str) -> str:
    """`text` without what no database takes: NUL and half surrogate pairs."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def store_causes(causes: tuple[int, ...]) -> bytes | None:
    """Ids as eight bytes each, None for none."""
    return struct.pack(f">{len(causes)}Q", *causes) if causes else None


def load_causes(raw: bytes | None) -> tuple[int, ...]:
    """The ids that `store_causes` packed."""
    return struct.unpack(f">{len(raw) // 8}Q", raw) if raw else ()


def lag_of(event: int, at: float) -> int | None:
    """Milliseconds from the moment in an event's id to `at`; None when that is as good as nothing."""
    lag = milliseconds(at) - (event >> _ID_SHIFT) - EPOCH_MS
    return None if -2 < lag < 2 else lag


def moment_of(event: int, lag: int | None) -> float:
    """UTC seconds of an event, to the millisecond."""
    return ((event >> _ID_SHIFT) + EPOCH_MS + (lag or 0)) / 1000


def first_id_at(at: float) -> int:
    """The smallest id that an event at `at` (UTC seconds) or later can have; never negative, at most 63 bits."""
    if not at > 0:  # NaN too
        return 0
    return min(max(0, milliseconds(min(at, 1e12)) - EPOCH_MS) << _ID_SHIFT, _LAST_ID)


def milliseconds(at: float) -> int:
    """The millisecond that a moment (UTC seconds) falls in.

    A double holds today's seconds to a quarter of a microsecond: what is that near to the next millisecond is in it.
    """
    return math.floor(at * 1000 + 0.001)
