"""Gestures are told once, and only when they are held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.perception.gesture.reading import GestureReader
from hub.perception.seen import HandsSeen
from tests.perception.gesture.hands_made import film, frame, hand, holding

RATES = pytest.mark.parametrize("fps", [5, 8, 15, 30])


def told(frames: list[HandsSeen], *, stills: bool = False) -> list[tuple[str, float]]:
    reader = GestureReader(stills=stills)
    return [(shown.name, shown.t) for seen in frames for shown in reader.take(seen).shown]


@RATES
def test_a_held_gesture_is_told_once_within_half_a_second(fps: float) -> None:
    ((name, t),) = told(film(fps, 4, holding((1.0, "none"), (4.1, "fist"))))
    assert name == "fist" and 1.1 < t <= 1.5


@RATES
def test_each_gesture_of_a_row_is_told(fps: float) -> None:
    frames = film(fps, 4, holding((1.0, "fist"), (2.0, "thumb_up"), (3.0, "victory"), (4.0, "")))
    assert [name for name, _ in told(frames)] == ["fist", "thumb_up", "victory"]


@RATES
def test_what_a_hand_passes_through_is_not_told(fps: float) -> None:
    frames = film(fps, 2.4, holding((1.0, "open_palm"), (1.0 + 1 / fps, "four"), (1.15, "three"), (2.4, "fist")))
    assert [name for name, _ in told(frames)] == ["open_palm", "fist"]


def test_flicker_does_not_tell_a_gesture_again() -> None:
    frames = film(15, 4, lambda t: (hand("none" if int(t * 15) % 5 == 0 else "rock"),))
    assert [name for name, _ in told(frames)] == ["rock"]


def test_a_gesture_of_which_one_is_not_sure_is_neither_told_nor_let_go() -> None:
    at = holding((1.0, "fist"), (2.0, "none"), (3.0, "fist"))
    unsure = film(15, 3, lambda t: (hand("none", confidence=0.2),) if 1 <= t < 2 else at(t))
    assert [name for name, _ in told(unsure)] == ["fist"]
    assert told(film(15, 2, lambda t: (hand("rock", confidence=0.4),))) == []


def test_a_gesture_that_was_let_go_or_a_hand_that_came_back_is_told_again() -> None:
    assert len(told(film(15, 4, holding((1.0, "call"), (2.5, "none"), (4.0, "call"))))) == 2
    assert len(told(film(15, 4, holding((1.0, "call"), (2.5, ""), (4.0, "call"))))) == 2


def test_two_hands_are_told_apart() -> None:
    frames = film(10, 1, lambda t: (hand("ok", x=0.2, side="left"), hand("rock", x=0.8)))
    assert {name for name, _ in told(frames)} == {"ok", "rock"}


def test_a_still_is_told_at_once_and_every_still_again() -> None:
    stills = [frame(0.0, hand("four")), frame(1.0, hand("four")), frame(2.0, hand("none"))]
    assert told(stills, stills=True) == [("four", 0.0), ("four", 1.0)]


@given(st.lists(st.tuples(st.floats(0.01, 1.0), st.sampled_from(["fist", "rock", "none"])), max_size=40))
def test_no_single_frame_is_a_gesture(steps: list[tuple[float, str]]) -> None:
    reader, t, before = GestureReader(), 0.0, list[tuple[float, str]]()
    for gap, name in steps:
        t += gap
        for shown in reader.take(frame(t, hand(name))).shown:
            assert shown.name == name
            assert name in {earlier for at, earlier in before[-1:] + [b for b in before if t - b[0] < 1.0]}
        before.append((t, name))
