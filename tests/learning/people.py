"""Households whose hands differ from what the hub came with, and from each other's: for rounds between real hubs."""

from pathlib import Path

from hub.cli.demo.hands import Labelled, keep, stiff_hands

SHOWN = (
    ("four", "four", "open_palm", "three", "none"),
    ("open_palm", "open_palm", "four", "three", "none"),
    ("three", "three", "four", "open_palm", "none"),
)
"""What is shown in front of each hub, in turn: gestures in other shares in each room."""
STIFF = 0.25
"""Nobody in this home stretches fingers all the way: what the hub came with gets two thirds of it right."""


def examples_of(household: int, count: int) -> Labelled:
    """Features and classes that one hub sees; no two are the same."""
    return stiff_hands(SHOWN[household % len(SHOWN)], count, seed=900 + household, stiff=STIFF)


async def seed(home: Path, household: int, count: int = 120) -> None:
    """Keep a household's examples in its home's database, one a minute until now, as the hub does."""
    await keep(home, examples_of(household, count))
