"""When the joints of hands are told, and that nothing else fits into what tells them."""

from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec import inspect

from hub.perception.eyes.messages import FromEyes
from hub.perception.gesture.hands import FoundHands
from hub.perception.gesture.landmarks import LandmarkTeller
from hub.perception.seen import Landmarks
from tests.perception.gesture.hands_made import open_hand

HAND = open_hand()


def told(found: FoundHands, *, wanted: bool = True, rate: int = 60, seconds: float = 1.0) -> list[Landmarks]:
    teller = LandmarkTeller(3, lambda: wanted)
    each = (teller.take(found, 5 + n / rate) for n in range(round(seconds * rate)))
    return [landmarks for landmarks in each if landmarks is not None]


def test_nothing_is_told_that_is_not_wanted() -> None:
    assert told((HAND,), wanted=False) == []


def test_ten_times_a_second_at_most() -> None:
    times = [landmarks.t for landmarks in told((HAND,), seconds=3)]
    assert 25 <= len(times) <= 30
    assert min(np.diff(times)) >= 0.0999


def test_joints_are_fractions_of_the_picture_and_no_depth_is_told() -> None:
    [landmarks] = told((HAND,), rate=1)
    [points] = landmarks.hands
    places = np.array(points).reshape(21, 2)
    assert places[:, 0] == pytest.approx(HAND.joints[:, 0] / HAND.aspect, abs=1e-4)
    assert places[:, 1] == pytest.approx(HAND.joints[:, 1], abs=1e-4)


def test_that_there_are_no_hands_any_more_is_told_once() -> None:
    teller = LandmarkTeller(3, lambda: True)
    found = [(), (HAND,), (), (), (), ()]
    each = [teller.take(hands, n / 16) for n, hands in enumerate(found)]
    assert [None if one is None else len(one.hands) for one in each] == [None, 1, None, 0, None, None]


def test_who_comes_later_is_not_told_of_hands_that_went_before() -> None:
    wanted = True
    teller = LandmarkTeller(3, lambda: wanted)
    assert teller.take((HAND,), 0.0) is not None
    wanted = False
    assert teller.take((HAND,), 1.0) is None
    wanted = True
    assert teller.take((), 2.0) is None


def test_it_goes_on_when_the_clock_was_set_back() -> None:
    teller = LandmarkTeller(3, lambda: True)
    assert teller.take((HAND,), 100.0) is not None
    assert teller.take((HAND,), 5.0) is not None


def test_what_is_no_place_and_what_is_too_much_is_left_out() -> None:
    wild = open_hand()
    wild.joints[:4, 0] = np.nan, np.inf, -np.inf, 1e9
    [landmarks] = told((wild, HAND, HAND), rate=1)
    assert len(landmarks.hands) == 2
    assert landmarks.hands[0][0:8:2] == (0.0, 2.0, -1.0, 2.0)


def test_only_floats_fit_into_the_message_and_always_as_many() -> None:
    about = inspect.type_info(Landmarks)
    assert isinstance(about, inspect.StructType)
    kinds = {field.name: field.type for field in about.fields}
    hands = kinds.pop("hands")
    assert kinds == {"camera": inspect.IntType(), "t": inspect.FloatType()}
    assert isinstance(hands, inspect.VarTupleType) and hands.max_length == 2
    assert hands.item_type == inspect.VarTupleType(inspect.FloatType(), min_length=42, max_length=42)


@pytest.mark.parametrize(
    "hands", [[[0.5] * 41], [[0.5] * 43], [[0.5] * 42] * 3, [["x"] * 42], [b"x" * 42], [[None] * 42], "x"]
)
def test_what_does_not_fit_is_refused_by_the_hub(hands: Any) -> None:
    said = {"type": "Landmarks", "camera": 1, "t": 0.0, "hands": hands}
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(msgspec.msgpack.encode(said), type=FromEyes)
