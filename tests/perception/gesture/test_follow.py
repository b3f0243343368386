"""Following hands from frame to frame."""

import pytest

from hub.perception.gesture.follow import ABSENT, Follower, Showing
from tests.perception.gesture.hands_made import frame, hand


def test_two_hands_keep_their_numbers_whatever_their_order() -> None:
    follower = Follower()
    left, right = hand(x=0.3, side="left"), hand(x=0.7)
    first = follower.take(frame(0.0, left, right))
    second = follower.take(frame(0.1, hand(x=0.72), hand(x=0.28, side="left")))
    assert [f.number for f in first] == [1, 2]
    assert [f.number for f in second] == [2, 1]


def test_a_hand_that_was_away_is_another() -> None:
    follower = Follower()
    assert follower.take(frame(0.0, hand()))[0].number == 1
    assert follower.take(frame(0.5, hand()))[0].number == 1
    assert follower.take(frame(1.4, hand()))[0].number == 2


def test_a_hand_far_off_is_another_but_a_quick_swipe_is_not() -> None:
    follower = Follower()
    follower.take(frame(0.0, hand(x=0.2)))
    assert follower.take(frame(0.033, hand(x=0.9)))[0].number == 2
    assert follower.take(frame(0.233, hand(x=0.65)))[0].number == 2


def test_a_film_that_begins_anew_has_new_hands() -> None:
    follower = Follower()
    follower.take(frame(5.0, hand()))
    assert follower.take(frame(0.0, hand()))[0].number == 2


@pytest.mark.parametrize("fps", [5, 12.5, 30])
def test_time_is_shared_out_whatever_the_frame_rate(fps: float) -> None:
    showing = Showing(2.0)
    for number in range(round(fps) + 1):
        t = number / fps
        showing.add(t, "fist" if t <= 0.6 + 1e-9 else ABSENT)
    assert showing.share(("fist",), 1.0) == pytest.approx(0.6 + 0.5 / fps, abs=0.51 / fps)
    assert showing.share(("fist", ABSENT), 1.0) == pytest.approx(1.0, abs=0.05)


def test_nobody_knows_what_happened_in_a_long_gap() -> None:
    showing = Showing(5.0)
    showing.add(0.0, "fist")
    showing.add(3.0, "fist")
    assert showing.share(("fist",), 1.0) == 0
