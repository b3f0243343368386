"""What is meant: armed, held, once, and let go before it counts again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.perception.gesture.reading import GestureReader
from hub.perception.gesture.trigger import ARMED_S, WOKEN_S
from hub.perception.seen import Hand, HandsSeen
from tests.perception.gesture.hands_made import film, frame, hand, holding

RATES = pytest.mark.parametrize("fps", [5, 8, 15, 30])


def made(frames: list[HandsSeen], *, arm: bool = True, wakes: tuple[float, ...] = ()) -> list[tuple[str, float]]:
    reader = GestureReader(arm=arm)
    waiting, found = list(wakes), []
    for seen in frames:
        while waiting and waiting[0] <= seen.t:
            reader.wake(waiting.pop(0))
        found += [(gesture.name, gesture.t) for gesture in reader.take(seen).made]
    return found


def names(frames: list[HandsSeen], *, arm: bool = True, wakes: tuple[float, ...] = ()) -> list[str]:
    return [name for name, _ in made(frames, arm=arm, wakes=wakes)]


@RATES
def test_a_gesture_after_an_open_palm_counts_once(fps: float) -> None:
    frames = film(fps, 4, holding((0.8, "open_palm"), (4.1, "thumb_up")))
    ((name, t),) = made(frames)
    assert name == "thumb_up" and 1.0 <= t <= 1.5


@RATES
def test_nothing_counts_without_arming(fps: float) -> None:
    assert names(film(fps, 3, holding((3.1, "fist")))) == []
    assert names(film(fps, 3, holding((0.15, "open_palm"), (3.1, "fist")))) == []


@RATES
def test_the_wake_word_arms_for_one_gesture(fps: float) -> None:
    at = holding((1.0, "none"), (2.0, "thumb_up"), (3.0, "none"), (4.0, "thumb_down"))
    assert names(film(fps, 4, at), wakes=(0.5,)) == ["thumb_up"]
    assert names(film(fps, 4, at), wakes=(0.5, 2.5)) == ["thumb_up", "thumb_down"]


def test_arming_wears_off() -> None:
    late = holding((0.8, "open_palm"), (0.9 + ARMED_S, "none"), (6.0, "fist"))
    assert names(film(15, 6, late)) == []
    after = film(15, 2, holding((2.1, "fist")), start=WOKEN_S + 0.5)
    assert names([frame(0.0, hand("none")), *after], wakes=(0.0,)) == []


def test_a_hand_at_rest_is_not_meant_when_the_wake_word_is_heard() -> None:
    assert names(film(15, 5, holding((5.1, "fist"))), wakes=(2.0,)) == []
    assert names(film(15, 5, holding((2.5, "fist"), (3.2, "none"), (5.1, "fist"))), wakes=(2.0,)) == ["fist"]


def test_a_gesture_must_be_let_go_before_it_counts_again() -> None:
    assert names(film(15, 6, holding((6.1, "thumb_up"))), wakes=(0.0, 3.0)) == ["thumb_up"]
    again = holding((2.0, "thumb_up"), (3.0, "none"), (6.0, "thumb_up"))
    assert names(film(15, 6, again), wakes=(0.0, 2.5)) == ["thumb_up"] * 2


@RATES
def test_a_palm_counts_itself_when_it_is_held_longer(fps: float) -> None:
    assert names(film(fps, 0.9, holding((1.0, "open_palm")))) == []
    ((name, t),) = made(film(fps, 5, holding((5.1, "open_palm"))))
    assert name == "open_palm" and 1.0 <= t <= 1.6
    assert names(film(fps, 2, holding((2.1, "open_palm"))), wakes=(0.0,)) == ["open_palm"]


def test_another_hand_is_not_armed_by_a_palm() -> None:
    frames = film(15, 2, lambda t: (hand("open_palm" if t < 0.8 else "none", x=0.2), hand("fist", x=0.8, side="left")))
    assert names(frames) == []


def test_without_arming_every_held_gesture_counts_once() -> None:
    frames = film(15, 4, holding((1.0, "fist"), (2.5, "open_palm"), (3.0, "none"), (4.0, "fist")))
    assert names(frames, arm=False) == ["fist", "open_palm", "fist"]


def test_a_motion_of_an_armed_hand_counts() -> None:
    def swipe(t: float, gesture: str) -> tuple[Hand]:
        return (hand(gesture, x=0.3 + 0.3 * min(max((t - 0.8) / 0.3, 0), 1)),)

    assert names(film(15, 3, lambda t: swipe(t, "open_palm"))) == ["swipe_left"]
    assert names(film(15, 3, lambda t: swipe(t, "open_palm")), wakes=(0.0,)) == ["swipe_left"]
    assert names(film(15, 3, lambda t: swipe(t, "four"))) == []


def test_a_palm_that_moves_is_not_held() -> None:
    assert names(film(15, 5, lambda t: (hand(x=0.2 + 0.1 * t),))) == []


GAPS = st.floats(0.02, 0.4)
SHOWN = st.sampled_from(["open_palm", "fist", "thumb_up", "none", ""])
STEPS = st.lists(st.tuples(GAPS, SHOWN, st.integers(1, 12)), max_size=25)


def steps_to_frames(steps: list[tuple[float, str, int]]) -> list[HandsSeen]:
    frames, t = [], 0.0
    for gap, name, repeats in steps:
        for _ in range(repeats):
            t += gap
            frames.append(frame(t, *((hand(name),) if name else ())))
    return frames


@settings(deadline=None)
@given(STEPS)
def test_nothing_is_ever_meant_without_a_palm_or_the_wake_word(steps: list[tuple[float, str, int]]) -> None:
    assert names(steps_to_frames([step for step in steps if step[1] != "open_palm"])) == []


@settings(deadline=None)
@given(STEPS, st.booleans(), st.lists(st.floats(0, 30), max_size=4).map(sorted))
def test_never_twice_without_letting_go_and_never_from_one_frame(
    steps: list[tuple[float, str, int]], arm: bool, wakes: list[float]
) -> None:
    frames = steps_to_frames(steps)
    shown = {seen.t: seen.hands[0].gesture if seen.hands else "" for seen in frames}
    times = sorted(shown)
    last: dict[str, float] = {}
    for name, t in made(frames, arm=arm, wakes=tuple(wakes)):
        index = times.index(t)
        assert shown[t] == name
        assert name in [shown[earlier] for earlier in times[max(0, index - 8) : index]]
        if name in last:
            assert any(shown[between] != name for between in times if last[name] < between < t)
        last[name] = t


@settings(deadline=None)
@given(STEPS, st.floats(0, 10))
def test_one_wake_word_is_for_one_gesture(steps: list[tuple[float, str, int]], wake: float) -> None:
    frames = steps_to_frames([step for step in steps if step[1] != "open_palm"])
    assert len(names(frames, wakes=(wake,))) <= 1
