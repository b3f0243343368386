"""A moment on the command line, as people write one."""

import re
import time
from datetime import datetime
from typing import Final

import click

_SECONDS: Final = {"m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
_AGO: Final = re.compile(r"(\d{1,6}(?:\.\d+)?)([mhdw])")


def moment(ctx: click.Context | None, parameter: click.Parameter | None, value: str) -> float:
    """An option's value as UTC seconds; wrong usage where it is no moment.

    `30m`, `2h`, `7d`, `4w` ago; `today`; a date or time as ISO 8601 has it, local unless it says otherwise; `0`.
    """
    ago = _AGO.fullmatch(value.strip())
    if ago:
        return max(0.0, time.time() - float(ago[1]) * _SECONDS[ago[2]])
    if value == "0":
        return 0.0
    try:
        if value == "today":
            when = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ005 -- local
        else:
            when = datetime.fromisoformat(value)
        return max(0.0, when.timestamp())
    except (ValueError, OverflowError, OSError):
        message = f"{value!r} is no moment: write 2h, 7d, today or 2026-01-31"
        raise click.BadParameter(message, ctx, parameter) from None
