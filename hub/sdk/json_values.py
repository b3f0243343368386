"""What a skill hands to the hub as JSON: the values of replies, what it keeps, the arguments of its timers."""

from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from msgspec import Struct


def plain(value: Any) -> Any:
    """`value` as JSON: durations are seconds, times "HH:MM", moments ISO 8601; else `TypeError`."""
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return int(seconds) if seconds.is_integer() else seconds
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if isinstance(value, bool | int | float | type(None)):
        return value
    if isinstance(value, str):
        return str(value)  # a subclass of str loses what else it carries
    if isinstance(value, Struct):
        return msgspec.to_builtins(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")
