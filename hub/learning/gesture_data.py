"""Hands that nobody had to show: joints of synthetic hands for every gesture, and many that say nothing.

Nothing here was seen in a person's picture. What differs between people and cameras is drawn at random: proportions,
how far fingers are bent and spread, from where and from how near a hand is seen, and how well its joints were found.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.learning.hand import ANGLES, BENDS, POSES, SPREADS, THUMB, THUMBS, USUAL, Pose, Proportions, joints, rotation
from hub.learning.hand import fingers as bends
from hub.perception.gesture.features import MIDDLE_KNUCKLE, WRIST, feature_vectors
from hub.perception.gesture.head import NETWORK_NAMES, NONE

Points = NDArray[np.float64]

# The poses that people make for a gesture, and how often. Thumbs are where they like to be.
_MADE: dict[str, tuple[tuple[float, str, tuple[str, ...]], ...]] = {
    "open_palm": ((1.0, "1111", ("out", "out", "along")),),
    "fist": ((1.0, "0000", ("across", "across", "along", "over")),),
    "point": ((0.8, "1000", ("across", "across", "along", "over")), (0.2, "1000", ("out", "away"))),
    "victory": ((1.0, "1100", ("across", "across", "over")),),
    "three": ((0.7, "1110", ("across",)), (0.3, "1100", ("out", "away"))),
    "four": ((1.0, "1111", ("across",)),),
    "thumb": ((1.0, "0000", ("away", "away", "out")),),
    "rock": ((0.75, "1001", ("across", "across", "over")), (0.25, "1001", ("out", "away"))),
    "call": ((1.0, "0001", ("out", "out", "away", "along")),),
}
_MEANINGLESS = ("0100", "0010", "0110", "0011", "0101", "1010", "1101", "1011", "0111")
_FLAT = ("open_palm", "four", "three", "victory", "rock", "ok", "call")
_LAZY = (9.0, 9.0, 9.0, 15.0)  # degrees a joint; few people can stretch the little finger alone
_WIDE = ("fist", "point", "thumb", "call")  # these are still what they are when the hand is seen from its side


def hands(name: str, count: int, rng: np.random.Generator) -> Points:
    """Joints (count, 21, 2) of hands that make a gesture of `NETWORK_NAMES`, in palm lengths, y down."""
    if name == NONE:
        return _meaningless(count, rng)
    return _seen(_angles(name, count, rng), rng, wide=name in _WIDE)


def data_set(per_class: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Features (n, 42) and classes (n,) as places in `NETWORK_NAMES`: so many hands of each, and thrice as many that
    say nothing, for these are of more kinds.
    """
    counts = {name: per_class * (3 if name == NONE else 1) for name in NETWORK_NAMES}
    vectors = [feature_vectors(hands(name, count, rng)) for name, count in counts.items()]
    classes = np.repeat(np.arange(len(NETWORK_NAMES)), list(counts.values()))
    return np.concatenate(vectors), classes


# -- poses ---------------------------------------------------------------------------------------------------------


def _angles(name: str, count: int, rng: np.random.Generator) -> Points:
    """Angles (count, 22) of a gesture as different people make it."""
    if name == "ok":
        return _loosened(np.repeat(POSES["ok"].angles[None], count, axis=0), rng, ease=0.5)
    ways = _MADE[name]
    chosen = rng.choice(len(ways), count, p=[w[0] for w in ways])
    angles = np.empty((count, ANGLES))
    for row, way in enumerate(chosen):
        _, code, thumbs = ways[way]
        thumb = THUMBS[thumbs[rng.integers(len(thumbs))]]
        angles[row] = Pose(bends(code), thumb, POSES[name].spread).angles
    return _loosened(angles, rng)


def _loosened(angles: Points, rng: np.random.Generator, ease: float = 1.0) -> Points:
    """Angles (n, 22) as people have them: nobody's finger is quite straight, few are quite curled."""
    n = len(angles)
    bend = angles[:, BENDS].reshape(n, 4, 3)
    straight = bend.sum(axis=2, keepdims=True) < 60
    lazy = np.abs(rng.normal(0, _LAZY, (n, 4)))[..., None] * ease + rng.normal(0, 6, (n, 4, 3))
    tight = rng.uniform(0.72, 1.08, (n, 1, 1)) * rng.normal(1, 0.07, (n, 4, 3))
    loose = np.where(straight, bend + lazy, bend * (1 - ease * (1 - tight)) + rng.normal(0, 5, (n, 4, 3)))
    result = angles.copy()
    result[:, BENDS] = np.clip(loose, -15, 125).reshape(n, 12)
    result[:, SPREADS] = angles[:, SPREADS] * rng.uniform(0.1, 1.7, (n, 1)) + rng.normal(0, 3, (n, 4))
    thumb = rng.normal(0, 7, (n, 1, 2)) + rng.normal(0, 6, (n, 3, 2))
    result[:, THUMB] = angles[:, THUMB] + thumb.reshape(n, 6)
    return result


# -- hands that say nothing ------------------------------------------------------------------------------------------


def _meaningless(count: int, rng: np.random.Generator) -> Points:
    kinds: tuple[Callable[[int, np.random.Generator], Points], ...] = (
        _at_rest,
        _at_rest,
        _other_codes,
        _other_codes,
        _between,
        _edge_on,
        _at_the_camera,
        _scattered,
    )
    shares = np.bincount(rng.integers(len(kinds), size=count), minlength=len(kinds))
    found = [kind(int(share), rng) for kind, share in zip(kinds, shares, strict=True) if share]
    return rng.permutation(np.concatenate(found)) if found else np.empty((0, 21, 2))


def _at_rest(count: int, rng: np.random.Generator) -> Points:
    """Half curled, as a hand on a table or at the end of an arm: evenly, or most at the knuckles."""
    curled = POSES["fist"].angles
    angles = np.repeat(curled[None], count, axis=0)
    share = rng.uniform(0.34, 0.64, (count, 1)) + np.cumsum(rng.normal(0.02, 0.05, (count, 4)), axis=1)
    evenly = np.clip(share, 0.3, 0.72)[..., None] * curled[BENDS].reshape(4, 3)
    knuckle, middle = rng.uniform(38, 72, (count, 1)), rng.uniform(8, 70, (count, 1))
    each = np.concatenate([knuckle, middle, middle * 0.5], axis=1)[:, None] * rng.normal(1, 0.1, (count, 4, 1))
    bend = np.where(rng.random((count, 1, 1)) < 0.6, evenly, each)
    angles[:, BENDS] = bend.reshape(count, 12)
    angles[:, SPREADS] *= rng.uniform(-0.2, 1, (count, 1))
    angles[:, THUMB] = _some_thumbs(count, rng)
    angles += rng.normal(0, 4, angles.shape)
    return _seen(angles, rng, wide=True)


def _other_codes(count: int, rng: np.random.Generator) -> Points:
    """Fingers that no gesture of ours raises together, or a little finger alone."""
    angles = np.empty((count, ANGLES))
    thumbs = _some_thumbs(count, rng)
    for row in range(count):
        code = _MEANINGLESS[rng.integers(len(_MEANINGLESS))] if rng.random() < 0.9 else "0001"
        thumb = "across" if code == "0001" else "along"
        angles[row] = Pose(bends(code), THUMBS[thumb]).angles
        if code == "0111":
            angles[row, THUMB] = np.ravel(THUMBS["out"])  # away from the index finger, or it would be ok
        elif code != "0001":
            angles[row, THUMB] = thumbs[row]
    return _seen(_loosened(angles, rng), rng)


def _between(count: int, rng: np.random.Generator) -> Points:
    """On the way from one gesture to another that is far from it."""
    known = np.stack([POSES[n].angles for n in NETWORK_NAMES if n != NONE])
    start, end = rng.integers(len(known), size=(2, count))
    apart = np.abs(known[start] - known[end])[:, BENDS].sum(axis=1) > 300
    start, end = np.where(apart, start, 0), np.where(apart, end, 1)
    share = rng.uniform(0.38, 0.62, (count, 1))
    return _seen(_loosened(known[start] * (1 - share) + known[end] * share, rng, ease=0.4), rng)


def _edge_on(count: int, rng: np.random.Generator) -> Points:
    """Flat gestures from the side, where fingers hide one another."""
    picked = [_FLAT[k] for k in rng.integers(len(_FLAT), size=count)]
    angles = np.stack([POSES[n].angles for n in picked]) if count else np.empty((0, ANGLES))
    yaw = rng.choice([-1.0, 1.0], count) * rng.uniform(78, 102, count)
    return _projected(joints(_loosened(angles, rng), _people(count, rng)), rng.normal(0, 15, count), yaw, rng)


def _at_the_camera(count: int, rng: np.random.Generator) -> Points:
    """Fingers that reach straight for the camera, or away from it."""
    picked = [_FLAT[k] for k in rng.integers(len(_FLAT), size=count)]
    angles = np.stack([POSES[n].angles for n in picked]) if count else np.empty((0, ANGLES))
    pitch = rng.choice([-1.0, 1.0], count) * rng.uniform(74, 106, count)
    return _projected(joints(_loosened(angles, rng), _people(count, rng)), pitch, rng.normal(0, 25, count), rng)


def _scattered(count: int, rng: np.random.Generator) -> Points:
    """What a landmark network makes of a cushion: any points, or a hand whose fingers are mixed up."""
    points = rng.normal(0, rng.uniform(0.2, 1.0, (count, 1, 1)), (count, 21, 2)) - np.array([0.0, 0.8])
    points[:, WRIST] = 0.0
    points[:, MIDDLE_KNUCKLE] = rng.normal([0.0, -1.0], 0.1, (count, 2))
    mixed = _seen(rng.uniform(0, 1, (count, ANGLES)) * 90 - 10, rng)
    return np.where(rng.random((count, 1, 1)) < 0.5, points, mixed)


def _some_thumbs(count: int, rng: np.random.Generator) -> Points:
    """Directions (count, 6) of thumbs anywhere between two places where thumbs are."""
    places = np.stack([np.ravel(t) for t in THUMBS.values()])
    first, second = rng.integers(len(places), size=(2, count))
    share = rng.random((count, 1))
    found: Points = places[first] * share + places[second] * (1 - share)
    return found


# -- people and cameras ----------------------------------------------------------------------------------------------


def _people(count: int, rng: np.random.Generator) -> Proportions:
    """Hands of different people, in palm lengths."""
    width = rng.normal(1, 0.11, (count, 1, 1))
    knuckles = USUAL.knuckles * [1.0, 1.0, 1.0] + rng.normal(0, 0.025, (count, 4, 3))
    knuckles[..., :1] *= width
    knuckles[..., 2] -= rng.uniform(0, 0.12, (count, 1)) * np.array([0.6, 0.0, 0.4, 1.0])  # the palm is a bowl
    long = rng.normal(1, 0.08, (count, 1, 1))
    root = USUAL.thumb_root + rng.normal(0, 0.035, (count, 3))
    return Proportions(
        knuckles,
        USUAL.bones * long * rng.normal(1, 0.05, (count, 4, 3)),
        root * np.concatenate([width[:, 0], np.ones((count, 2))], axis=1),
        USUAL.thumb_bones * long[..., 0] * rng.normal(1, 0.07, (count, 3)),
    )


def _seen(angles: Points, rng: np.random.Generator, *, wide: bool = False) -> Points:
    """Hands with angles (n, 22) as a camera sees people's: joints (n, 21, 2), y down."""
    n = len(angles)
    spread = rng.random(n) < 0.5 if wide else np.zeros(n, bool)
    yaw = np.where(spread, rng.uniform(-100, 100, n), np.clip(rng.normal(0, 30, n), -62, 62))
    pitch = np.where(spread, rng.uniform(-60, 95, n), np.clip(rng.normal(0, 26, n), -58, 58))
    return _projected(joints(angles, _people(n, rng)), pitch, yaw, rng)


def _projected(placed: Points, pitch: Points, yaw: Points, rng: np.random.Generator) -> Points:
    n = len(placed)
    turned = placed @ np.swapaxes(rotation(pitch, yaw, rng.normal(0, 20, n)), 1, 2)
    distance = np.exp(rng.uniform(np.log(4), np.log(40), (n, 1, 1)))
    near = distance / (distance - np.minimum(turned[..., 2:], distance * 0.7))
    points = turned[..., :2] * near * [1.0, -1.0]
    points[..., 0] *= rng.choice([-1.0, 1.0], (n, 1))
    noise: Any = rng.uniform(0.006, 0.04, (n, 1, 1))
    found: Points = points + rng.normal(0, 1, points.shape) * noise
    return found
