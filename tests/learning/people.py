"""Households whose hands differ from what the hub came with, and from each other's: for rounds between real hubs."""

from pathlib import Path

import numpy as np

from hub.core.clock import FakeClock, SystemClock
from hub.learning.examples import Examples
from hub.learning.gesture_data import hands
from hub.learning.sealing import Seal
from hub.perception.gesture.features import feature_vectors
from hub.store.database import Database

SHOWN = (
    ("four", "four", "open_palm", "three", "none"),
    ("open_palm", "open_palm", "four", "three", "none"),
    ("three", "three", "four", "open_palm", "none"),
)
"""What is shown in front of each hub, in turn: gestures in other shares in each room."""
STIFF = 0.25
"""Nobody in this home stretches fingers all the way: what the hub came with gets two thirds of it right."""


def examples_of(household: int, count: int) -> list[tuple[np.ndarray, str]]:
    """Features and classes that one hub sees; no two are the same."""
    rng = np.random.default_rng(900 + household)
    shown = SHOWN[household % len(SHOWN)]
    names = [shown[number % len(shown)] for number in range(count)]
    fists = feature_vectors(hands("fist", count, rng))
    straight = np.concatenate([feature_vectors(hands(name, 1, rng)) for name in names])
    stiff = ((1 - STIFF) * straight + STIFF * fists).astype(np.float32)
    return list(zip(stiff, names, strict=True))


async def seed(home: Path, household: int, count: int = 120) -> None:
    """Keep a household's examples in its home's database, one a minute until now, as the hub does."""
    clock = FakeClock(SystemClock().now() - 60.0 * count)
    database = await Database.open(home / "hearth.db")
    try:
        kept = Examples(database, Seal(home), clock)
        for features, name in examples_of(household, count):
            await kept.add("gesture", features, name)
            await clock.advance(60)
    finally:
        await database.close()
