"""What sentences mean in the small home: exactly said, badly heard, and not at all."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.dialogue.matcher import Matcher
from hub.dialogue.meanings import Meaning, Misunderstood, Outcome, Understood, Which
from hub.dialogue.targets import Surroundings
from hub.sdk.locale import SkillWords
from tests.dialogue.conftest import LIGHT, entity, make_home, make_matcher, make_skills

ALL_LIGHTS = {"light.kitchen", "light.counter", "light.lamp", "light.bedroom"}


def meaning(outcome: Outcome) -> Meaning:
    assert isinstance(outcome, Understood), outcome
    assert outcome.sure, outcome
    return outcome.meaning


def entities(matcher: Matcher, text: str, area: str = "", last: tuple[str, ...] = ()) -> set[str]:
    target = meaning(matcher.match(text, Surroundings(area=area, last=last))).target
    assert target is not None
    return set(target)


@pytest.mark.parametrize(
    ("text", "area", "expected"),
    [
        ("turn on the kitchen light", "", {"light.kitchen"}),
        ("turn on the kitchen lights", "", {"light.kitchen", "light.counter"}),
        ("turn on the lights in the kitchen", "bedroom", {"light.kitchen", "light.counter"}),
        ("turn the lights off in the kitchen", "", {"light.kitchen", "light.counter"}),
        ("turn off all of the lights in the kitchen", "", {"light.kitchen", "light.counter"}),
        ("turn off the lights in here", "bedroom", {"light.bedroom"}),
        ("turn on the light", "bedroom", {"light.bedroom"}),
        ("turn on the lights", "kitchen", {"light.kitchen", "light.counter"}),
        ("turn off all the lights", "kitchen", ALL_LIGHTS),
        ("turn off the lights", "", ALL_LIGHTS),
        ("turn off everything upstairs", "", {"light.bedroom", "fan.bedroom"}),
        ("turn off the upstairs lights", "", {"light.bedroom"}),
        ("turn off everything in the bedroom", "", {"light.bedroom", "fan.bedroom"}),
        ("turn on the fan", "kitchen", {"fan.bedroom"}),
        ("turn off the lamp and the fan", "", {"light.lamp", "fan.bedroom"}),
        ("turn off the lamp, the fan and the coffee machine", "", {"light.lamp", "fan.bedroom", "switch.coffee"}),
        ("turn off the lights in the kitchen and the bedroom", "", ALL_LIGHTS - {"light.lamp"}),
        ("turn off the bedroom fan and the light", "", {"fan.bedroom", "light.bedroom"}),
        ("turn on the kitchen", "", {"light.kitchen", "light.counter"}),
        ("turn on the telly", "", {"media_player.tv"}),
        ("turn on the t v", "", {"media_player.tv"}),
        ("close the blinds", "bedroom", {"cover.blinds"}),
        ("could you please turn on the lamp, thank you", "", {"light.lamp"}),
        ("Turn on the LAMP!", "", {"light.lamp"}),
    ],
)
def test_targets(matcher: Matcher, text: str, area: str, expected: set[str]) -> None:
    assert entities(matcher, text, area) == expected


def test_a_thing_by_its_name_comes_before_a_thing_of_its_kind_here(skills: list[SkillWords]) -> None:
    home = make_home(entity("cover.b2", "bedroom blinds", "bedroom", ("Position",), device_class="blind"))
    small = make_matcher(home, skills)
    assert entities(small, "turn on the lamp", "kitchen") == {"light.lamp"}  # the kitchen's are lights, no lamps
    assert entities(small, "close the blinds", "bedroom") == {"cover.b2"}
    assert entities(small, "close the blinds", "living_room") == {"cover.blinds"}


def test_two_names_are_as_clear_as_each_alone(matcher: Matcher) -> None:
    both = entities(matcher, "turn the lamp and the kitchen light off", "living_room")
    assert both == {"light.lamp", "light.kitchen"}


def test_a_filter_of_everywhere_looks_beyond_the_speakers_area() -> None:
    which = "{target: {traits: [OnOff], everywhere: true}, sentences: ['which {target} are on']}"
    text = f"ask: {{en: {{language: en, intents: {{which: {which}}}}}}}"
    small = make_matcher(make_home(), make_skills(text))
    assert entities(small, "which lights are on", "bedroom") == ALL_LIGHTS
    assert entities(small, "which lights in the kitchen are on", "bedroom") == {"light.kitchen", "light.counter"}


def test_it_is_what_was_spoken_of_last(matcher: Matcher) -> None:
    assert entities(matcher, "turn it off", last=("light.lamp", "lock.front")) == {"light.lamp"}


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("set the lamp to 50 percent", {"percent": 50}),
        ("set the brightness of the kitchen to 25%", {"percent": 25}),
        ("dim the lamp to twenty percent", {"level": 20}),
        ("set the lights in the kitchen to yellow", {"color": "yellow"}),
        ("make the lamp warm white", {"color": "warm white"}),
        ("set a timer for 5 and a half minutes", {"duration": 330.0}),
        ("wake me at quarter past seven", {"time": "07:15"}),
        ("set the thermostat to 21.5 degrees", {"temperature": 21.5}),
        ("count to two hundred", {"number": 200}),
        ("add three hours", {"hours": 3}),
        ("working mood in the kitchen", {"mood": 2, "area": "kitchen"}),
        ("how warm is it in the bedroom", {"area": "bedroom"}),
        ("how warm is it", {}),
        ("where is anna", {"person": "anna"}),
        ("turn the lamp on", {"value": True}),
    ],
)
def test_slots(matcher: Matcher, text: str, slots: dict[str, object]) -> None:
    assert meaning(matcher.match(text, Surroundings())).slots == slots


def test_here_is_the_speakers_area(matcher: Matcher) -> None:
    assert meaning(matcher.match("how warm is it in here", Surroundings(area="bedroom"))).slots == {"area": "bedroom"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("turn on the disco ball", "unknown_name"),
        ("close the TV", "unsupported"),
        ("turn on the fan in the kitchen", "nothing_there"),
        ("turn it off", "no_referent"),
        ("turn off the lights in here", "no_area"),
        ("how warm is it downstairs", "one_area"),  # a floor of several areas is no area
        ("", "not_understood"),
        ("!?", "not_understood"),
        ("ask not what your country can do for you", "not_understood"),
        ("don't turn on the lamp", "not_understood"),
        ("never turn off the lamp", "not_understood"),
        ("turn the lamp", "not_understood"),
        ("turn on " * 40, "too_long"),
        ("x" * 100_000, "too_long"),
    ],
)
def test_what_is_not_done(matcher: Matcher, text: str, reason: str) -> None:
    outcome = matcher.match(text, Surroundings())
    assert isinstance(outcome, Misunderstood)
    assert outcome.reason == reason


def test_the_name_that_is_not_known_is_told(matcher: Matcher) -> None:
    outcome = matcher.match("please turn on the disco ball", Surroundings())
    assert isinstance(outcome, Misunderstood)
    assert outcome.name == "the disco ball"


def test_one_of_several_is_asked_for(matcher: Matcher) -> None:
    outcome = matcher.match("turn on the light", Surroundings())
    assert isinstance(outcome, Which)
    assert {o.target.entities for o in outcome.options if o.target} == {(e,) for e in ALL_LIGHTS}


def test_two_skills_that_mean_different_things_are_asked_about(matcher: Matcher) -> None:
    outcome = matcher.match("open the door", Surroundings())
    assert isinstance(outcome, Which)
    assert {o.name for o in outcome.options} == {"covering.open", "locking.unlock"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turn on the kichen light", {"light.kitchen"}),
        ("trun on the kitchen light", {"light.kitchen"}),
        ("turn on teh lamp", {"light.lamp"}),
        ("turn on the bed room light", {"light.bedroom"}),
        ("turn on kitchen lihgt", {"light.kitchen"}),
        ("well turn on um the kitchen light again", {"light.kitchen"}),
        ("turn on light in kitchen", {"light.kitchen", "light.counter"}),
        ("turn of the lamp", {"light.lamp"}),
        ("turn off the livingroom lamp", {"light.lamp"}),
        ("turn on the coffe machine", {"switch.coffee"}),
    ],
)
def test_slips_are_mended(matcher: Matcher, text: str, expected: set[str]) -> None:
    assert entities(matcher, text) == expected


def test_of_is_heard_as_off_and_never_as_on(matcher: Matcher) -> None:
    assert meaning(matcher.match("turn of the lamp", Surroundings())).slots == {"value": False}


@pytest.mark.parametrize("text", ["turn onf the lamp", "turn ofn the lamp", "turn an the lamp", "turn the lamp ono"])
def test_on_and_off_are_never_guessed(matcher: Matcher, text: str) -> None:
    outcome = matcher.match(text, Surroundings())
    assert not (isinstance(outcome, Understood) and outcome.sure)


def test_two_near_names_are_asked_about(skills: list[SkillWords]) -> None:
    home = make_home(
        entity("light.a", "annas lamp", "bedroom", LIGHT), entity("light.b", "annes lamp", "garage", LIGHT)
    )
    outcome = make_matcher(home, skills).match("turn on annis lamp", Surroundings())
    assert isinstance(outcome, Which)
    assert {o.target.entities for o in outcome.options if o.target} == {("light.a",), ("light.b",)}


def test_a_known_name_is_not_taken_for_a_nearer_one(skills: list[SkillWords]) -> None:
    home = make_home(
        entity("light.a", "annas lamp", "bedroom", LIGHT), entity("light.b", "annes lamp", "garage", LIGHT)
    )
    assert entities(make_matcher(home, skills), "turn on annes lamp") == {"light.b"}


def test_a_radio_that_is_not_there_is_not_the_light(matcher: Matcher) -> None:
    outcome = matcher.match("turn on the kitchen radio", Surroundings())
    assert isinstance(outcome, Misunderstood)
    assert outcome.name == "the kitchen radio"


def test_the_same_name_twice_means_the_one_here_or_is_asked(skills: list[SkillWords]) -> None:
    home = make_home(
        entity("light.k2", "spot", "kitchen", LIGHT, aliases=("spot",)), entity("light.b2", "spot", "bedroom", LIGHT)
    )
    small = make_matcher(home, skills)
    assert entities(small, "turn on the spot", "bedroom") == {"light.b2"}
    assert entities(small, "turn on the spot in the kitchen") == {"light.k2"}
    assert entities(small, "turn on the kitchen spot") == {"light.k2"}
    assert isinstance(small.match("turn on the spot", Surroundings(area="garage")), Which)


def test_groups_leave_out_what_is_not_exposed_but_its_name_is_known(skills: list[SkillWords]) -> None:
    home = make_home(entity("light.secret", "secret light", "kitchen", LIGHT, exposed=False))
    small = make_matcher(home, skills)
    assert entities(small, "turn on the kitchen lights") == {"light.kitchen", "light.counter"}
    assert entities(small, "turn on the secret light") == {"light.secret"}


@given(
    st.lists(
        st.one_of(
            st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9),
            st.sampled_from(["zebra", "sofa", "why", "who", "did", "not", "banana", "quickly"]),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=150, deadline=None)
def test_garbage_never_acts(matcher: Matcher, words: list[str]) -> None:
    outcome = matcher.match("xq " + " ".join(words), Surroundings(area="kitchen", last=("light.lamp",)))
    assert not (isinstance(outcome, Understood) and outcome.sure)


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_has_an_outcome(matcher: Matcher, text: str) -> None:
    assert isinstance(matcher.match(text, Surroundings()), Understood | Which | Misunderstood)


@given(
    st.sampled_from(
        ["turn on the kitchen light", "turn off the lamp", "close the blinds", "set the lamp to 50 percent"]
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=100, deadline=None)
def test_a_bent_sentence_never_does_the_opposite(matcher: Matcher, text: str, random: Random) -> None:
    words = text.split()
    at = random.randrange(len(words))
    cut = random.randrange(len(words[at]) + 1)
    words[at] = words[at][:cut] + random.choice("abcdefghijklmnopqrstuvwxyz") + words[at][cut:]
    outcome = matcher.match(" ".join(words), Surroundings())
    meant = meaning(matcher.match(text, Surroundings()))
    if isinstance(outcome, Understood) and outcome.sure:
        assert outcome.meaning.name == meant.name
