import itertools
from collections.abc import Iterable

from hub.core.events import Event, GestureMade, GestureSeen, HandPointed, Origin
from hub.perception.eyes.watch import Watch
from hub.perception.seen import Hand
from tests.perception.eyes.fakes import hand, hands

ORIGIN = Origin(area="hallway", source="camera.hallway")


def watched(
    steps: Iterable[tuple[float, Hand | None]], *, stills: bool = False, arm: bool = True, wake: float | None = None
) -> list[Event]:
    """What is told of these moments: the hand of each second, or none."""
    watch = Watch("camera.hallway", ORIGIN, stills=stills, arm=arm)
    if wake is not None:
        watch.wake(wake)
    return [event for t, seen in steps for event in watch.take(hands(1, t, *([] if seen is None else [seen])))]


def held(gesture: str, begin: float, end: float, *, points: bool = False, rate: int = 15) -> list[tuple[float, Hand]]:
    return [(begin + n / rate, hand(gesture, points=points)) for n in range(round((end - begin) * rate))]


def test_a_gesture_is_told_once_and_where() -> None:
    [seen] = watched(held("victory", 0.0, 2.0))
    assert isinstance(seen, GestureSeen)
    assert (seen.name, seen.hand, seen.stream, seen.origin) == ("victory", "right", "camera.hallway", ORIGIN)
    assert seen.t == 0.0 and seen.confidence > 0.5


def test_what_is_meant_comes_after_what_is_seen_and_has_it_as_its_cause() -> None:
    steps = [(0.1 * n, None) for n in range(5)]
    told = watched([*steps, *held("thumb_up", 0.6, 2.0)], wake=0.3)
    assert [type(event) for event in told] == [GestureSeen, GestureMade]
    seen, made = told
    assert isinstance(made, GestureMade)
    assert (made.name, made.causes, made.origin) == ("thumb_up", (seen.id,), ORIGIN)


def test_nothing_is_meant_without_the_wake_word_or_a_palm() -> None:
    told = watched([*held("thumb_up", 0.0, 1.5), *held("none", 1.5, 2.5), *held("victory", 2.5, 4.0)])
    assert [type(event) for event in told] == [GestureSeen, GestureSeen]


def test_where_the_household_wants_it_every_gesture_is_meant() -> None:
    told = watched([*held("none", 0.0, 0.6), *held("thumb_up", 0.6, 2.0)], arm=False)
    assert [type(event) for event in told] == [GestureSeen, GestureMade]


def test_pointing_is_told_ten_times_a_second_at_most() -> None:
    told = [e for e in watched(held("point", 0.0, 3.0, points=True, rate=60)) if isinstance(e, HandPointed)]
    assert 25 <= len(told) <= 30
    assert all(after.t - before.t >= 0.0999 for before, after in itertools.pairwise(told))
    assert {(e.stream, e.origin.area, e.x, e.dx) for e in told} == {("camera.hallway", "hallway", 0.5, 1.0)}


def test_pointing_goes_on_when_the_clock_was_set_back() -> None:
    told = watched([*held("point", 100.0, 100.5, points=True), *held("point", 5.0, 5.5, points=True)])
    assert [e.t > 50 for e in told if isinstance(e, HandPointed)].count(False) >= 4


def test_of_two_hands_the_surer_one_points() -> None:
    watch = Watch("camera.hallway", ORIGIN)
    unsure, sure = (hand("point", confidence=c, x=c, points=True) for c in (0.6, 0.9))
    [told] = [e for e in watch.take(hands(1, 0.0, unsure, sure)) if isinstance(e, HandPointed)]
    assert told.x == 0.9


def test_pictures_show_but_mean_nothing() -> None:
    told = watched([(0.0, hand("open_palm")), (0.0, hand("point", points=True))], stills=True, arm=False, wake=0.0)
    assert [(type(e), e.name) for e in told if isinstance(e, GestureSeen)] == [
        (GestureSeen, "open_palm"),
        (GestureSeen, "point"),
    ]
    assert len(told) == 2
