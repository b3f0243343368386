"""Speech from a room that is believed empty."""

import itertools

import pytest

from hub.core.events import Origin, WakeHeard
from hub.dialogue.vacancy import MOST, more_confidence
from tests.dialogue.real_home import RealHome


class Belief:
    def __init__(self, value: float | None) -> None:
        self.value = value

    def belief(self, area: str) -> float | None:
        return self.value if area == "den" else None


def test_it_rises_smoothly_and_never_for_what_is_unknown() -> None:
    assert more_confidence(None) == 0.0
    assert [more_confidence(b) for b in (1.0, 0.35)] == [0.0, 0.0]
    assert [more_confidence(b) for b in (0.0, 0.1)] == [MOST, MOST]
    rising = [more_confidence(b / 100) for b in range(50, 9, -1)]
    assert rising == sorted(rising)
    assert max(b - a for a, b in itertools.pairwise(rising)) < 0.02


@pytest.mark.parametrize(("belief", "taken"), [(None, True), (0.9, True), (0.3, True), (0.05, False)])
async def test_an_empty_room_takes_more_confidence(belief: float | None, taken: bool) -> None:
    async with RealHome(occupancy=Belief(belief), least_confidence=0.5) as home:
        turn = await home.say("turn on the north west light", confidence=0.7)
        assert (turn.reason == "") is taken
        assert bool(home.done) is taken
        assert (await home.say("turn on the north west light", confidence=0.8)).ok
        assert (await home.say("turn on the north west light", confidence=0.6, channel="cli")).reason == ""
        assert (await home.say("turn on the north west light", confidence=0.6, area="hall")).reason == ""


async def test_what_counts_is_what_was_believed_before_the_wake_word() -> None:
    belief = Belief(0.02)
    async with RealHome(occupancy=belief, least_confidence=0.5) as home:
        home.bus.publish(WakeHeard(stream="microphone", word="hey_jarvis", score=0.9, t=0.0, origin=Origin(area="den")))
        belief.value = 0.95  # the wake word was taken for a person
        assert (await home.say("turn on the north west light", confidence=0.7)).reason == "not_sure"
        await home.clock.advance(30)
        assert (await home.say("turn on the north west light", confidence=0.7)).reason == ""
