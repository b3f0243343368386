"""Motions: in palms and seconds, so that neither distance nor frame rate matters."""

import csv
import math
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from hub.perception.gesture.follow import Follower
from hub.perception.gesture.motion import Motions
from hub.perception.gesture.path import is_circle
from hub.perception.seen import Hand, Pointing
from tests.perception.gesture.hands_made import ASPECT, film, hand

At = Callable[[float], Iterable[Hand]]
RATES = pytest.mark.parametrize("fps", [8, 15, 30])
SIZES = pytest.mark.parametrize("size", [0.03, 0.12])


def eased(t: float, start: float, took: float) -> float:
    """0 before `start`, 1 after `took` seconds more, and smoothly from one to the other."""
    part = min(max((t - start) / took, 0.0), 1.0)
    return part * part * (3 - 2 * part)


def stroke(dx: float, dy: float, *, size: float = 0.1, took: float = 0.35, gesture: str = "open_palm") -> At:
    """A hand that rests, goes `dx` and `dy` palms in the picture within `took` seconds, and rests."""

    def at(t: float) -> Iterable[Hand]:
        part = eased(t, 0.8, took) * size
        return (hand(gesture, x=0.5 + dx * part / ASPECT, y=0.5 + dy * part, size=size),)

    return at


def motions(fps: float, seconds: float, at: At) -> list[str]:
    follower, teller = Follower(), Motions()
    return [shown.name for seen in film(fps, seconds, at) for shown in teller.take(follower.take(seen), seen.t)]


@RATES
@SIZES
@pytest.mark.parametrize(
    ("dx", "dy", "name"),
    [(4, 0.3, "swipe_left"), (-4, 0.5, "swipe_right"), (0.3, -3.5, "raise"), (0.2, 3.5, "lower")],
)
def test_strokes_are_told_as_the_person_sees_them(fps: float, size: float, dx: float, dy: float, name: str) -> None:
    assert motions(fps, 2.0, stroke(dx, dy, size=size)) == [name]


@RATES
def test_the_hand_may_go_back_afterwards(fps: float) -> None:
    def at(t: float) -> Iterable[Hand]:
        part = eased(t, 0.8, 0.3) - eased(t, 1.4, 0.4)
        return (hand(x=0.3 + 0.4 * part / ASPECT),)

    assert motions(fps, 3.0, at) == ["swipe_left"]


@RATES
@pytest.mark.parametrize("speed", [0.5, 3.0, 8.0, 14.0])
def test_who_walks_by_or_drifts_makes_no_motion(fps: float, speed: float) -> None:
    def at(t: float) -> Iterable[Hand]:
        x = speed * 0.08 * t / ASPECT
        return (hand(x=x, y=0.5 + 0.02 * math.sin(9 * t), size=0.08),) if x <= 1 else ()

    assert motions(fps, 4.0, at) == []


@RATES
@pytest.mark.parametrize("gesture", ["fist", "thumb_up", "none", "point"])
def test_only_an_open_hand_makes_strokes(fps: float, gesture: str) -> None:
    assert motions(fps, 2.0, stroke(4, 0, gesture=gesture)) == []


@RATES
def test_short_slow_and_slanting_strokes_are_none(fps: float) -> None:
    assert motions(fps, 2.0, stroke(1.8, 0)) == []
    assert motions(fps, 3.5, stroke(4, 0, took=1.8)) == []
    assert motions(fps, 2.0, stroke(3, 3)) == []


def test_a_hand_that_comes_up_to_show_a_gesture_is_not_raised() -> None:
    def at(t: float) -> Iterable[Hand]:
        return (hand(y=1.0 - 0.5 * eased(t, 0.0, 0.4)),)

    assert motions(15, 2.0, at) == []


@RATES
@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("turn_s", [0.8, 1.5])
def test_a_circle_is_told_either_way_round(fps: float, way: int, turn_s: float) -> None:
    def at(t: float) -> Iterable[Hand]:
        angle = way * 2 * math.pi * min(max(t - 0.5, 0), 1.2 * turn_s) / turn_s
        return (hand(x=0.5 + 0.15 * math.cos(angle) / ASPECT, y=0.5 + 0.15 * math.sin(angle)),)

    assert motions(fps, 3.0, at) == ["circle"]


def test_a_finger_draws_a_circle_while_the_wrist_rests() -> None:
    def at(t: float) -> Iterable[Hand]:
        angle = 2 * math.pi * t
        tip = Pointing(0.5 + 0.07 * math.cos(angle) / ASPECT, 0.3 + 0.07 * math.sin(angle), 0.0, -1.0, ASPECT)
        return (hand("point", pointing=tip),)

    assert motions(15, 1.2, at) == ["circle"]


@pytest.mark.realdata
def test_recorded_ways_of_a_finger(data: Path) -> None:
    seen: Counter[str] = Counter()
    circles: Counter[str] = Counter()
    kinds = {"0": "stop", "1": "circle", "2": "circle", "3": "move"}
    with (data / "vision" / "landmarks" / "point_history.csv").open() as rows:
        for kind, *numbers in csv.reader(rows):
            values = [float(number) for number in numbers]
            way = [(x * 16 / 9, y) for x, y in zip(values[::2], values[1::2], strict=True)]
            seen[kinds[kind]] += 1
            circles[kinds[kind]] += is_circle(way, 0.02)
    assert circles["circle"] >= 0.88 * seen["circle"]
    assert circles["move"] + circles["stop"] <= 0.005 * (seen["move"] + seen["stop"])
