"""Who is told of hands, and when: never without the household's word, never while nobody watches."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.hand_watch import DrawnHands, HandWatch
from hub.perception.seen import HandsSeen, Landmarks
from tests.perception.eyes.fakes import hand, hands, until

POINTS = tuple(n / 100 for n in range(42))


class FakeEyes:
    """Eyes that note what is wanted of them."""

    def __init__(self) -> None:
        self.wanted: list[bool] = []
        self.on_landmarks = lambda _name, _seen, _landmarks: None

    async def tell_landmarks(self, wanted: bool) -> None:
        self.wanted.append(wanted)

    def see(self, seen: HandsSeen | None, *points: tuple[float, ...], t: float = 1.0) -> None:
        self.on_landmarks("camera.hallway", seen, Landmarks(camera=1, t=t, hands=points))


class Somebody:
    """Watches."""

    def __init__(self) -> None:
        self.seen: list[DrawnHands] = []
        self.turns = 0

    def drawn(self, hands: DrawnHands) -> None:
        self.seen.append(hands)

    def turned(self) -> None:
        self.turns += 1


@pytest.fixture
def watch() -> HandWatch:
    return HandWatch(allowed=False)


@pytest.fixture
async def eyes(watch: HandWatch) -> AsyncIterator[FakeEyes]:
    made = FakeEyes()
    running = asyncio.create_task(watch.run(cast("Eyes", made)))
    await until(lambda: made.wanted == [False])
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_joints_are_wanted_exactly_while_it_is_allowed_and_somebody_watches(
    watch: HandWatch, eyes: FakeEyes
) -> None:
    leave = watch.watch(Somebody())
    await until(lambda: len(eyes.wanted) == 2)
    watch.allow(True)
    await until(lambda: len(eyes.wanted) == 3)
    stay = watch.watch(Somebody())
    await until(lambda: len(eyes.wanted) == 4)
    leave()
    leave()
    await until(lambda: len(eyes.wanted) == 5)
    stay()
    await until(lambda: len(eyes.wanted) == 6)
    watch.watch(Somebody())
    await until(lambda: len(eyes.wanted) == 7)
    watch.allow(False)
    await until(lambda: len(eyes.wanted) == 8)
    assert eyes.wanted == [False, False, True, True, True, False, True, False]


async def test_what_is_seen_comes_with_its_name_to_everybody_who_watches(watch: HandWatch, eyes: FakeEyes) -> None:
    watch.allow(True)
    one, two = Somebody(), Somebody()
    watch.watch(one)
    watch.watch(two)()
    eyes.see(hands(1, 1.0, hand("fist"), hand()), POINTS, POINTS)
    [drawn] = one.seen
    assert (drawn.camera, drawn.aspect) == ("camera.hallway", 1.5)
    assert [(each.hand, each.gesture, each.confidence) for each in drawn.hands] == [
        ("right", "fist", 0.9),
        ("right", "", 0.9),
    ]
    assert drawn.hands[0].points == POINTS
    assert two.seen == []


async def test_what_was_under_way_when_it_was_forbidden_goes_to_nobody(watch: HandWatch, eyes: FakeEyes) -> None:
    watch.allow(True)
    somebody = Somebody()
    watch.watch(somebody)
    watch.allow(False)
    eyes.see(hands(1, 1.0, hand("fist")), POINTS)
    assert somebody.seen == []
    assert somebody.turns == 1


async def test_another_frame_s_name_is_not_a_hand_s(watch: HandWatch, eyes: FakeEyes) -> None:
    watch.allow(True)
    somebody = Somebody()
    watch.watch(somebody)
    eyes.see(hands(1, 0.9, hand("fist")), POINTS)
    eyes.see(None, POINTS)
    eyes.see(hands(1, 1.0), POINTS)
    assert [drawn.hands[0].gesture for drawn in somebody.seen] == ["", "", ""]


async def test_a_worker_that_was_taken_over_cannot_tell_more_than_places(watch: HandWatch, eyes: FakeEyes) -> None:
    watch.allow(True)
    somebody = Somebody()
    watch.watch(somebody)
    wild = HandsSeen(camera=1, t=1.0, aspect=float("nan"), hands=(hand("<b>", confidence=float("nan")),))
    eyes.see(wild, (float("nan"), float("inf"), -float("inf"), 1e300, 0.123456789, *POINTS[5:]))
    [drawn] = somebody.seen
    assert drawn.aspect == 0.062
    assert (drawn.hands[0].gesture, drawn.hands[0].confidence) == ("", 0.0)
    assert drawn.hands[0].points[:5] == (-1.0, 2.0, -1.0, 2.0, 0.123)


async def test_a_camera_that_comes_later_is_told_of(watch: HandWatch) -> None:
    somebody = Somebody()
    watch.watch(somebody)
    watch.look_for("camera.hallway")
    assert somebody.turns == 1
    assert watch.cameras == ["camera.hallway"]
