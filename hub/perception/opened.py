"""What is open in a worker of the senses, by the number that both sides call it."""

from typing import Final, TypeVar

from hub.core.errors import UnavailableError

T = TypeVar("T")
_LAST: Final = 65_535  # what a frame's head has room for


class Opened(dict[int, T]):
    """At most `most` of `what` ("streams"), by numbers from 1 on. No number comes again soon: of what was closed the
    worker may still speak.
    """

    def __init__(self, what: str, most: int) -> None:
        super().__init__()
        self._what, self._most = what, most
        self._last = 0

    def number(self) -> int:
        """A free number. Raises `UnavailableError` when too many are open."""
        if len(self) >= self._most:
            raise UnavailableError(f"{self._most} {self._what} are open", remedy="close some")
        self._last = self._last % _LAST + 1
        while self._last in self:
            self._last = self._last % _LAST + 1
        return self._last
