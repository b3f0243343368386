"""The kinds of examples that a hub learns from: what they are made of, and how many of them are kept."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hub.learning.head import Head
from hub.learning.room_air import FEATURES, LABELS, fresh_head
from hub.perception.gesture.features import SIZE
from hub.perception.gesture.head import NETWORK_NAMES


class Kind(Struct, frozen=True):
    """`size` numbers an example, no further from 0 than `farthest`; at most `most` examples and `most_bytes` bytes."""

    size: int
    labels: tuple[str, ...]
    head: Callable[[], Head] | None
    """The head that every hub begins with; None where examples are kept for a head that is yet to come."""
    farthest: float = 16.0
    most: int = 5_000
    most_bytes: int = 4 * 1024 * 1024
    days: float = 90.0


def _gesture() -> Head:
    from hub.learning.onnx_import import bundled_gesture

    return bundled_gesture()


KINDS: Final[dict[str, Kind]] = {
    "gesture": Kind(SIZE, NETWORK_NAMES, _gesture),
    "presence": Kind(len(FEATURES), LABELS, fresh_head),
    # Embeddings of openWakeWord: 16 windows of 96 numbers. Each takes 6 KiB, so that fewer are kept.
    "wake": Kind(16 * 96, ("other", "word"), None, farthest=1e3, most=600),
}
"""The kinds by name. None of them is sound or a picture, and none can be turned back into one that a person would know;
they are sealed all the same."""
