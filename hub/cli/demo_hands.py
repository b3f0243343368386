"""Hands for `hearth demo` to learn from: drawn ones of people who do not stretch their fingers all the way."""

from pathlib import Path
from typing import Final

import numpy as np

from hub.core.clock import FakeClock, SystemClock

SHOWN: Final = {
    "kitchen": ("four", "four", "open_palm", "three", "none"),
    "attic": ("open_palm", "open_palm", "four", "three", "none"),
}
"""What is shown in front of each hub's camera, in turn: gestures in other shares in each room."""
_STIFF: Final = 0.2
_COUNT: Final = 120


async def keep_hands(home: Path, name: str) -> None:
    """Keep such examples in a home where no hub runs yet, one a minute until now, as a hub does."""
    from hub.learning.examples import Examples
    from hub.learning.gesture_data import hands
    from hub.learning.sealing import Seal
    from hub.perception.gesture.features import feature_vectors
    from hub.store.database import Database

    rng = np.random.default_rng(len(name))
    shown = [SHOWN[name][number % len(SHOWN[name])] for number in range(_COUNT)]
    fists = feature_vectors(hands("fist", _COUNT, rng))
    straight = np.concatenate([feature_vectors(hands(gesture, 1, rng)) for gesture in shown])
    stiff = ((1 - _STIFF) * straight + _STIFF * fists).astype(np.float32)
    clock = FakeClock(SystemClock().now() - 60.0 * _COUNT)
    database = await Database.open(home / "hearth.db")
    try:
        kept = Examples(database, Seal(home), clock)
        for features, gesture in zip(stiff, shown, strict=True):
            await kept.add("gesture", features, gesture)
            await clock.advance(60)
    finally:
        await database.close()
