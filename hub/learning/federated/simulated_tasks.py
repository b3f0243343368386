"""What is simulated: an office's recordings dealt out to homes, or the project's own drawn hands."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.learning.federated.local import Plan
from hub.learning.federated.office import read_office
from hub.learning.federated.simulate import Home, Task
from hub.learning.gesture_data import data_set
from hub.learning.head import Head, Material
from hub.learning.network import Network
from hub.learning.room_air import fresh_head
from hub.perception.gesture.head import NETWORK_NAMES

_HOUR: Final = 60
_TEST_HOURS: Final = 4
"""Every so-manieth hour is for the test; whole hours, since one minute tells what the next one is."""
_HELD: Final = 4
_UNEVEN: Final = 3.0
"""The larger, the more each home knows of one class alone."""
_HANDS: Final = 60
_SEEN_ALIKE: Final = (42, 48, 24, len(NETWORK_NAMES))


def office_task(folder: Path, homes: int, seed: int) -> Task:
    """The office's minutes: each home has a stretch of time of its own. Raises `UsageError` without the recordings."""
    parts = [read_office(folder / name) for name in ("datatraining.txt", "datatest.txt")]
    rows = Material.plain(np.concatenate([p.x for p in parts]), np.concatenate([p.y for p in parts]))
    hours = np.arange(len(rows)) // _HOUR
    for_test = hours % _TEST_HOURS == _TEST_HOURS - 1
    rest = rows.where(~for_test)
    stretches = np.arange(len(rest)) * homes // len(rest)
    return Task(
        fresh_head(41 + seed),
        tuple(_home(rest.where(stretches == n)) for n in range(homes)),
        _uneven(rest, homes, np.random.default_rng(seed)),
        rows.where(for_test),
    )


def hands_task(homes: int, seed: int) -> Task:
    """Drawn hands: each home's people show few of every gesture. The first layers know hands; the last is learnt."""
    rng = np.random.default_rng(seed)
    known = Network.fresh(_SEEN_ALIKE, rng)
    taught = Material.plain(*data_set(_HANDS, rng))
    _teach(known, taught, rng)
    known.weights[-2] = (rng.standard_normal(known.weights[-2].shape) * 0.1).astype(np.float32)
    known.weights[-1] = np.zeros_like(known.weights[-1])
    head = Head("gesture", NETWORK_NAMES, known.weights, frozen=2)
    everything = Material.plain(*data_set(8 * homes, rng))
    dealt = rng.permutation(len(everything)) % homes
    return Task(
        head,
        tuple(_home(everything.where(dealt == n)) for n in range(homes)),
        _uneven(everything, homes, rng),
        Material.plain(*data_set(150, np.random.default_rng(seed + 1_000_000))),
        plan=Plan(epochs=2, rate=1e-2),
    )


def _teach(network: Network, material: Material, rng: np.random.Generator) -> None:
    from hub.learning.network import fit

    fit(network, material.x, material.y, rng, epochs=30, batch=64)


def _home(material: Material) -> Home:
    """A home that holds out every fourth stretch of eight examples."""
    held: NDArray[np.bool_] = np.arange(len(material)) // 8 % _HELD == _HELD - 1
    return Home(material.where(~held), material.where(held))


def _uneven(material: Material, homes: int, rng: np.random.Generator) -> tuple[Home, ...]:
    """Homes that know much of one class and little of another, each of another one."""
    dealt = np.zeros(len(material), np.intp)
    classes = np.unique(material.y)
    for place, label in enumerate(classes):
        rows = rng.permutation(np.flatnonzero(material.y == label))
        turned = np.roll(np.arange(1, homes + 1), place * homes // len(classes)).astype(float)
        ends = np.cumsum(turned**_UNEVEN / (turned**_UNEVEN).sum())[:-1] * len(rows)
        for number, some in enumerate(np.split(rows, ends.astype(np.intp))):
            dealt[some] = number
    return tuple(_home(material.where(dealt == number)) for number in range(homes))
