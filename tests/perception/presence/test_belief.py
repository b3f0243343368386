import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.perception.presence.belief import FOREVER, PRIOR, STRONGEST, Belief, Sign
from hub.perception.presence.evidence import SENSORS

MOTION, RADAR = SENSORS["motion"], SENSORS["presence"]
anything = st.floats(allow_nan=True, allow_infinity=True)
signs = st.builds(
    Sign,
    strength=anything,
    since=anything,
    rest=anything,
    hold_s=st.one_of(st.floats(0, 1e9), st.just(FOREVER), st.just(-5.0)),
    half_life_s=st.one_of(st.floats(1e-3, 1e6), st.sampled_from([0.0, -1.0, math.nan])),
    live=anything,
    lag_s=anything,
    people=st.integers(-3, 99),
    who=st.sampled_from(["", "anna", "ben"]),
)
steps = st.lists(
    st.tuples(st.sampled_from("tfldq"), st.sampled_from("abc"), signs, st.floats(allow_nan=True, allow_infinity=True)),
    max_size=30,
)


@given(steps)
def test_whatever_comes_it_stays_a_probability_and_a_count(told: list[tuple[str, str, Sign, float]]) -> None:
    belief = Belief()
    for what, source, sign, at in told:
        match what:
            case "t":
                belief.tell(source, sign, at)
            case "f":
                belief.forget(source, at)
            case "l":
                belief.lose(source, at, 60.0)
            case "d":
                belief.doubt(at)
        assert 0.0 < belief.probability(at) < 1.0
        assert abs(belief.log_odds(at)) <= STRONGEST
        somebody = belief.somebody(at)
        assert (belief.people(at) > 0) is bool(somebody)
        assert belief.next_change(at) > -FOREVER


@given(st.lists(st.tuples(st.floats(0, 600), st.booleans()), min_size=1, max_size=30))
def test_what_it_says_will_change_then_changes_then_and_not_before(told: list[tuple[float, bool]]) -> None:
    belief, at = Belief(), 0.0
    for passed, on in told:
        at += passed
        belief.tell("motion", MOTION.sign(on, belief.sign("motion", at), at), at)
        now, due = belief.somebody(at), belief.next_change(at)
        if due < FOREVER:
            assert belief.somebody((at + due) / 2) == now
            assert belief.somebody(due) != now
            at = due


@given(st.integers(1, 500), st.floats(0.1, 0.99))
def test_saying_it_again_adds_nothing(times: int, strength: float) -> None:
    once, often = Belief(), Belief()
    sign = Sign(strength=strength, since=0.0, hold_s=FOREVER)
    once.tell("a", sign, 1.0)
    for _ in range(times):
        often.tell("a", sign, 1.0)
    assert once.log_odds(1.0) == often.log_odds(1.0)


@given(st.lists(st.floats(-7, 7), min_size=1, max_size=6), st.floats(0, 5000))
def test_a_belief_without_news_goes_to_the_prior_and_never_past_it(strengths: list[float], passed: float) -> None:
    belief = Belief()
    for number, strength in enumerate(strengths):
        belief.tell(str(number), Sign(strength=strength, since=0.0), 0.0)
    before, after = belief.probability(0.0), belief.probability(100_000.0)
    assert after == pytest.approx(PRIOR)
    middle = Belief()
    middle.tell("all", Sign(strength=strengths[0], since=0.0), 0.0)
    first, later = middle.probability(0.0) - PRIOR, middle.probability(passed) - PRIOR
    assert abs(later) <= abs(first) + 1e-12 and first * later >= -1e-12
    assert 0 < before < 1


def test_between_the_thresholds_nothing_changes() -> None:
    belief = Belief()
    assert belief.somebody(0.0) is None
    belief.tell("a", Sign(strength=3.0, since=0.0, hold_s=FOREVER), 0.0)
    assert belief.somebody(0.0) is True
    belief.tell("a", Sign(strength=0.5, since=1.0, hold_s=FOREVER), 1.0)
    assert belief.somebody(1.0) is True
    belief.tell("a", Sign(strength=-2.0, since=2.0, hold_s=FOREVER), 2.0)
    assert belief.somebody(2.0) is False
    belief.tell("a", Sign(strength=0.5, since=3.0, hold_s=FOREVER), 3.0)
    assert belief.somebody(3.0) is False


def test_a_day_of_signs_is_forgotten_as_fast_as_one() -> None:
    def off_after(hours: int) -> float:
        belief, at = Belief(), 0.0
        for _ in range(hours * 60):
            belief.tell("motion", MOTION.sign(True, belief.sign("motion", at), at), at)
            at += 30.0
            belief.tell("motion", MOTION.sign(False, belief.sign("motion", at), at), at)
            at += 30.0
        return belief.next_change(at) - at

    assert off_after(24) == pytest.approx(off_after(1), abs=0.2)
    assert 120 < off_after(1) < 600


def test_time_that_goes_back_is_no_time_and_time_that_jumps_is_forgetting() -> None:
    belief = Belief()
    belief.tell("a", Sign(strength=3.0, since=100.0, half_life_s=10.0, live=FOREVER), 100.0)
    before = belief.probability(100.0)
    assert belief.probability(-1e9) == belief.probability(math.nan) == belief.probability(math.inf) == before
    assert belief.probability(1e12) == pytest.approx(PRIOR)


def test_what_a_sensor_has_not_had_time_to_notice_does_not_count_against_a_coming() -> None:
    belief = Belief()
    belief.tell("radar", RADAR.sign(False, 0.0, 0.0), 0.0)
    assert belief.somebody(1.0) is False
    belief.tell("motion", MOTION.sign(True, 0.0, 100.0), 100.0)
    assert belief.somebody(100.0) is True
    belief.tell("motion", MOTION.sign(False, MOTION.yes, 102.0), 102.0)
    assert belief.somebody(109.0) is True
    assert belief.somebody(180.0) is False


def test_people_are_the_most_of_any_source_and_never_a_sum() -> None:
    belief = Belief()
    belief.tell("camera", Sign(strength=4.0, since=0.0, people=2), 0.0)
    belief.tell("other", Sign(strength=4.0, since=0.0, people=3), 0.0)
    for who in ("anna", "ben"):
        belief.tell(who, Sign(strength=3.0, since=0.0, who=who), 0.0)
    assert belief.people(0.0) == 3
    belief.forget("other", 1.0)
    assert belief.people(1.0) == 2
    for who in ("chris", "dora"):
        belief.tell(who, Sign(strength=3.0, since=1.0, who=who), 1.0)
    assert belief.people(1.0) == 4
