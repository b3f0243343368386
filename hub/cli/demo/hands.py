"""Hands for `hearth demo` to learn from: drawn ones of people who do not stretch their fingers all the way."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.core.clock import FakeClock, SystemClock

SHOWN: Final = {
    "kitchen": ("four", "four", "open_palm", "three", "none"),
    "attic": ("open_palm", "open_palm", "four", "three", "none"),
}
"""What is shown in front of each hub's camera, in turn: gestures in other shares in each room."""
_STIFF: Final = 0.2
_COUNT: Final = 120
Labelled = list[tuple[NDArray[np.float32], str]]
"""Of each hand its features (42,) and the gesture that it makes."""


async def keep_hands(home: Path, name: str) -> None:
    """Keep what is shown in room `name` in a home where no hub runs yet."""
    await keep(home, stiff_hands(SHOWN[name], _COUNT, seed=len(name), stiff=_STIFF))


def stiff_hands(gestures: Sequence[str], count: int, *, seed: int, stiff: float) -> Labelled:
    """So many hands that make the `gestures` in turn, no two the same: `stiff` (0 to 1) of the way to fists."""
    from hub.learning.gesture_data import hands
    from hub.perception.gesture.features import feature_vectors

    rng = np.random.default_rng(seed)
    names = [gestures[number % len(gestures)] for number in range(count)]
    fists = feature_vectors(hands("fist", count, rng))
    straight = np.concatenate([feature_vectors(hands(name, 1, rng)) for name in names])
    features = ((1 - stiff) * straight + stiff * fists).astype(np.float32)
    return list(zip(features, names, strict=True))


async def keep(home: Path, shown: Labelled) -> None:
    """Keep examples in a home's database, one a minute until now, as a hub does."""
    from hub.learning.examples import Examples
    from hub.learning.sealing import Seal
    from hub.store.database import Database

    clock = FakeClock(SystemClock().now() - 60.0 * len(shown))
    database = await Database.open(home / "hearth.db")
    try:
        kept = Examples(database, Seal(home), clock)
        for features, gesture in shown:
            await kept.add("gesture", features, gesture)
            await clock.advance(60)
    finally:
        await database.close()
