"""A slot's bell: single bytes over a stream socket pair, each way. Neither side can make the other one wait."""

import os
import select
from typing import Final

from hub.core.errors import WorkerDiedError

_AT_A_TIME: Final = 4096
_MOST_READS: Final = 16  # more than a bell that is full can hold twice; who rings on and on holds nobody up


def ring(bell: int, byte: int) -> None:
    """Say a byte; a bell that is full of them rings anyway. Raises `WorkerDiedError` when nobody is there."""
    try:
        os.write(bell, bytes((byte,)))
    except BlockingIOError:
        return
    except OSError as error:
        raise _gone() from error


def heard(bell: int) -> bytes:
    """The bytes that have come. Raises `WorkerDiedError` when nobody is there to say more."""
    found = b""
    for _ in range(_MOST_READS):
        try:
            more = os.read(bell, _AT_A_TIME)
        except BlockingIOError:
            break
        except OSError as error:
            raise _gone() from error
        if not more:
            raise _gone()
        found += more
    return found


def wait_for(bell: int, seconds: float) -> None:
    """Wait until something was said, at most so long."""
    poll = select.poll()
    poll.register(bell, select.POLLIN)
    poll.poll(seconds * 1000)


def _gone() -> WorkerDiedError:
    return WorkerDiedError("the other end of the slot is gone", remedy="open the camera again")
