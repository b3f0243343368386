"""A moment on the command line, as people write one."""

import re
import time
from datetime import datetime
from typing import Final

import click

_SECONDS: Final = {"m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
_AGO: Final = re.compile(r"(\d{1,6}(?:\.\d+)?)([mhdw])")


class Moment(click.ParamType):
    """`30m`, `2h`, `7d`, `4w` ago; `today`; a date or time as ISO 8601 has it, local unless it says otherwise."""

    name = "when"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The moment in UTC seconds; wrong usage where it is none."""
        if isinstance(value, float):
            return value
        if value == "0":
            return 0.0
        ago = _AGO.fullmatch(value.strip())
        if ago:
            return max(0.0, time.time() - float(ago[1]) * _SECONDS[ago[2]])
        try:
            when = datetime.now() if value == "today" else datetime.fromisoformat(value)  # noqa: DTZ005 -- local
            if value == "today":
                when = when.replace(hour=0, minute=0, second=0, microsecond=0)
            return max(0.0, when.timestamp())
        except (ValueError, OverflowError, OSError):
            self.fail(f"{value!r} is no moment: write 2h, 7d, today or 2026-01-31", param, ctx)
