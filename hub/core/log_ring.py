"""The last lines of the hub's log, in memory, for who looks after it: without secrets and without what was said."""

import re
import time
from collections import deque
from collections.abc import MutableMapping
from typing import Any, Final

from msgspec import Struct

from hub.core.hidden_passwords import without_passwords

MOST_LINES: Final = 400
_LONGEST: Final = 300
_OWN: Final = frozenset({"event", "level", "timestamp", "exc_info", "exception", "stack_info"})
_NEVER: Final = re.compile(
    r"text|said|say|heard|sentence|transcript|phrase|words|reply|answer|utterance|hypothes|alternatives"
    r"|passw|secret|token|code|cookie|authorization|key|credential",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”")


class LogLine(Struct, frozen=True, kw_only=True):
    """A line: `at` (UTC seconds), its level, what happened, and the facts that go with it."""

    at: float
    level: str
    text: str
    facts: dict[str, str]


class LogRing:
    """Keeps the newest lines; a processor for structlog, which passes every line on as it is."""

    def __init__(self, most: int = MOST_LINES) -> None:
        self._lines: deque[LogLine] = deque(maxlen=most)

    def __call__(self, _logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Keep a line."""
        facts = {name: _plain(value) for name, value in line.items() if name not in _OWN and not _NEVER.search(name)}
        level = str(line.get("level", method))
        self._lines.append(LogLine(at=time.time(), level=level, text=_plain(line.get("event", "")), facts=facts))
        return line

    def lines(self) -> list[LogLine]:
        """The lines, newest first."""
        return list(reversed(self._lines))


def _plain(value: Any) -> str:
    """A value in a line's length, without what stands in quotes (names, and what people said) and without passwords."""
    return _QUOTED.sub("'…'", without_passwords(str(value)[: 4 * _LONGEST]))[:_LONGEST]
