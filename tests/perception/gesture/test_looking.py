"""From found hands to what the hub is told, without models."""

import numpy as np
import pytest

from hub.perception.gesture.hands import FoundHand
from hub.perception.gesture.looking import HandsLooker, plausible
from hub.perception.gesture.mirrored import agreed, difference
from tests.perception.gesture.hands_made import FRAME, Finder, open_hand, pointing_hand


def test_a_hand_is_told_in_fractions_of_the_picture() -> None:
    looker = HandsLooker(7, Finder((open_hand(left=True),)), lambda hand: ("four", 0.9))
    seen = looker.look(FRAME, 2.5)
    assert seen is not None and (seen.camera, seen.t, seen.aspect) == (7, 2.5, pytest.approx(4 / 3))
    (hand,) = seen.hands
    assert (hand.hand, hand.gesture, hand.confidence, hand.pointing) == ("left", "four", 0.9, None)
    assert (hand.x, hand.y, hand.size) == pytest.approx((0.45, 0.8, 0.1))


def test_no_hands_are_told_once() -> None:
    looker = HandsLooker(1, Finder((), (open_hand(),), (), ()), lambda hand: ("four", 0.9))
    told = [looker.look(FRAME, t) for t in (0.0, 0.1, 0.2, 0.3)]
    assert [None if seen is None else len(seen.hands) for seen in told] == [None, 1, 0, None]
    assert set(looker.stages_ms) == {"hands", "gesture"}


@pytest.mark.parametrize(
    "hand", [open_hand(score=0.55), open_hand(palm=0.3), open_hand(palm=0.01), open_hand(certain=False)]
)
def test_what_can_be_no_hand_or_is_not_certain_says_nothing(hand: FoundHand) -> None:
    seen = HandsLooker(1, Finder((hand,)), lambda hand: ("four", 0.9)).look(FRAME, 0.0)
    assert seen is not None
    assert (seen.hands[0].gesture, seen.hands[0].confidence) == ("none", 0.0)
    assert plausible(open_hand())


def test_closing_closes_the_finder() -> None:
    finder = Finder()
    HandsLooker(1, finder, lambda hand: ("four", 0.9)).close()
    assert finder.closed


def test_two_looks_that_agree_are_the_surer_for_it() -> None:
    first, second = open_hand(), open_hand(score=0.9)
    assert difference(first, second) == 0
    (hand,) = agreed((first,), (second,), both=True)
    assert hand.certain and hand.score == pytest.approx(0.945)
    assert agreed((first,), (second,), both=False) == (first,)


def test_two_looks_that_disagree_are_not_certain() -> None:
    first, second = open_hand(), open_hand()
    second.joints[5:] = second.joints[5:][::-1]
    (hand,) = agreed((first,), (second,), both=False)
    assert not hand.certain
    assert np.array_equal(hand.joints, second.joints)


def test_hands_that_one_look_found_count_where_both_looks_do() -> None:
    first, second = open_hand(), pointing_hand(aspect=4 / 3)
    second.joints[:] += np.array([3, 0, 0], np.float32)
    assert len(agreed((first,), (second,), both=True)) == 2
    assert agreed((first,), (second,), both=False) == (first,)
    assert agreed((), (second,), both=True) == (second,)
