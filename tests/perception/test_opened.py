"""The numbers of what is open in a worker."""

import pytest

from hub.core.errors import UnavailableError
from hub.perception.opened import Opened


def test_a_number_does_not_come_again_at_once() -> None:
    opened: Opened[str] = Opened("streams", 2)
    first = opened.number()
    opened[first] = "first"
    del opened[first]
    assert opened.number() not in (0, first)


def test_numbers_begin_anew_past_what_is_still_open() -> None:
    opened: Opened[str] = Opened("streams", 2)
    opened[opened.number()] = "kept"
    given = [opened.number() for _ in range(65_535)]
    assert given[-2:] == [65_535, 2]


def test_there_is_an_end_to_it() -> None:
    opened: Opened[str] = Opened("streams", 2)
    for _ in range(2):
        opened[opened.number()] = "open"
    with pytest.raises(UnavailableError, match="2 streams are open"):
        opened.number()
