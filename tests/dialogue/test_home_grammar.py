"""The grammar as hassil objects, names as data, and its bounds."""

import re
from random import Random

import pytest
from hassil.expression import TextChunk
from hassil.intents import TextSlotList
from hassil.recognize import recognize_best
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub.core.entities import Area, HomeView
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.matcher import Matcher
from hub.dialogue.meanings import Misunderstood, Understood, Which
from hub.dialogue.sentences import OWN, Sentences
from hub.dialogue.targets import Surroundings
from hub.sdk.locale import IntentWords, Locale, SkillWords
from tests.dialogue.conftest import LIGHT, entity, make_home, make_matcher, make_skills
from tests.dialogue.sampling import UNSAYABLE, sample


def said(grammar: HomeGrammar, random: Random) -> tuple[str, str]:
    """A random sentence of the grammar, and its intent, by walking the hassil objects alone."""
    intents = grammar.intents
    name = random.choice([n for n in intents.intents if not n.startswith(OWN)])
    data = random.choice(intents.intents[name].data)
    sentence = random.choice(data.sentences)
    text = sample(sentence.expression, intents.slot_lists, intents.expansion_rules, random)
    return name, text


@given(st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_what_the_grammar_says_is_matched_back_to_its_intent(matcher: Matcher, random: Random) -> None:
    name, text = said(matcher.grammar, random)
    assume(UNSAYABLE not in text)
    outcome = matcher.match(text, Surroundings(area="living_room", last=("light.lamp",)))
    if isinstance(outcome, Understood):
        same = outcome.meaning.name == name or _ambiguous(matcher, text, name)
        assert same, (text, name, outcome)
        assert outcome.meaning.cost == 0.0, (text, outcome)
    elif isinstance(outcome, Which):
        assert all(o.cost == 0.0 for o in outcome.options), text
    else:  # a thing of the grammar that is not in the place of the grammar: still a sentence, never a slip
        assert outcome.reason in ("nothing_there", "unsupported", "no_referent", "no_area", "one_area"), (text, outcome)


def _ambiguous(matcher: Matcher, text: str, name: str) -> bool:
    """Whether hassil, too, finds the sentence in both intents."""
    own = {n: i for n, i in matcher.grammar.intents.intents.items() if n == name}
    only = matcher.grammar.intents.__class__(
        language="en",
        intents=own,
        slot_lists=matcher.grammar.slot_lists,
        expansion_rules=matcher.grammar.expansion_rules,
    )
    return recognize_best(text, only, language="en") is not None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("turn on the kitchen light", "switching.on"),
        ("set the lamp to fifty percent", "lamps.level"),
        ("set a timer for five and a half minutes", "counting.start"),
        ("turn off all of the lights in the kitchen", "switching.off"),
        ("cosy mood in the bedroom", "lamps.mood"),
        ("undo that", "dialogue.undo"),
        ("yes", "dialogue.yes"),
        ("and the bedroom", "dialogue.follow_up"),
    ],
)
def test_hassil_itself_recognises_with_the_grammar(matcher: Matcher, text: str, intent: str) -> None:
    result = recognize_best(text, matcher.grammar.intents, language="en")
    assert result is not None
    assert result.intent.name == intent


def test_lists_hold_only_what_the_filter_lets_in(matcher: Matcher) -> None:
    grammar = matcher.grammar
    covers = next(n for n, f in enumerate(grammar.sentences.filters) if f.kinds == ("cover",))
    names = grammar.slot_lists[f"name_{covers}"]
    assert isinstance(names, TextSlotList)
    assert {v.value_out for v in names.values} == {"cover.blinds", "cover.garage"}


_NASTY = (
    "(a|b) {name} <the> [x]", "{{ 7 * 7 }}", "lamp 💡", "💡💡💡", "مصباح المطبخ", "\u202edrop table", "a\x00b", "   ",
    "x" * 1_000_000, "the " * 30, "{target}", "\\", "<in_area>", "%", "'", "😀" * 100_000,
)  # fmt: skip


def nasty_home(names: tuple[str, ...]) -> HomeView:
    home = make_home(*(entity(f"light.n{i}", name, "kitchen", LIGHT) for i, name in enumerate(names)))
    areas = {f"a{i}": Area(id=f"a{i}", name=name[:2000], floor=name[:50]) for i, name in enumerate(names)}
    return HomeView(areas={**home.areas, **areas}, entities=home.entities, people=home.people)


@pytest.fixture(scope="module")
def nasty(skills: list[SkillWords]) -> Matcher:
    return make_matcher(nasty_home(_NASTY), skills)


def test_names_are_data_and_never_templates(nasty: Matcher) -> None:
    outcome = nasty.match("turn on a", Surroundings())
    assert not (isinstance(outcome, Understood) and outcome.meaning.cost == 0.0)
    exact = nasty.match("turn on a b name the x", Surroundings())
    assert isinstance(exact, Understood)
    assert exact.meaning.target is not None
    assert exact.meaning.target.entities == ("light.n0",)


def test_the_rest_of_a_home_with_nasty_names_works(nasty: Matcher) -> None:
    outcome = nasty.match("turn on the kitchen light", Surroundings())
    assert isinstance(outcome, Understood)
    assert outcome.meaning.target is not None
    assert outcome.meaning.target.entities == ("light.kitchen",)
    right_to_left = nasty.match("turn on مصباح المطبخ", Surroundings())
    assert isinstance(right_to_left, Understood)


def test_nasty_names_are_plain_text_for_recognisers(nasty: Matcher) -> None:
    for name, values in nasty.grammar.slot_lists.items():
        if name.startswith(("name_", "area_only", "floor")) and isinstance(values, TextSlotList):
            assert all(isinstance(v.text_in, TextChunk) and len(v.text_in.text) < 200 for v in values.values)
    assert nasty.grammar.intents.intents


@given(st.lists(st.text(max_size=40), max_size=4).map(tuple))
@settings(max_examples=25, deadline=None)
def test_any_names_make_a_grammar(names: tuple[str, ...]) -> None:
    matcher = make_matcher(nasty_home(names), make_skills())
    assert isinstance(matcher.match("turn on the counter light", Surroundings()), Understood | Which)


def test_digits_in_names_may_be_said_in_words(skills: list[SkillWords]) -> None:
    matcher = make_matcher(make_home(entity("light.two", "Spot 2", "kitchen", LIGHT)), skills)
    for text in ("turn on spot 2", "turn on spot two"):
        outcome = matcher.match(text, Surroundings())
        assert isinstance(outcome, Understood)


def test_a_home_without_anything_has_a_grammar(skills: list[SkillWords]) -> None:
    matcher = make_matcher(HomeView(), skills)
    assert isinstance(matcher.match("turn on the light", Surroundings()), Misunderstood)
    assert isinstance(matcher.match("set a timer for 5 minutes", Surroundings()), Understood)


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("say {nowhere}", "unknown list {nowhere}"),
        ("say <nowhere>", "unknown expansion"),
        ("say (", "ParseError|Expected|chunk|bracket|end"),
        ("say <again>", "contains? itself|nest|recursion"),
        ("x" * 3000, "too long"),
    ],
)
def test_a_broken_skill_is_left_out_and_told(sentence: str, problem: str, skills: list[SkillWords]) -> None:
    words = IntentWords(sentences=(sentence,))
    locale = Locale(language="en", intents={"a": words}, expansions={"again": "more <again>"})
    sentences = Sentences(load_language("en"), [SkillWords(skill="bad", locales={"en": locale}), *skills])
    assert set(sentences.problems) == {"bad"}
    assert re.search(problem, sentences.problems["bad"])
    matcher = Matcher(HomeGrammar(make_home(), sentences))
    assert isinstance(matcher.match("turn on the lamp", Surroundings()), Understood)


def test_skills_lists_and_expansions_are_their_own() -> None:
    text = """
one: {en: {language: en, lists: {size: {big: 1}}, expansions: {go: "walk"}, intents: {a: {sentences: ["<go> {size}"]}}}}
two: {en: {language: en, lists: {size: {big: 2}}, expansions: {go: "run"}, intents: {a: {sentences: ["<go> {size}"]}}}}
"""
    matcher = make_matcher(make_home(), make_skills(text))
    for words, skill, size in (("walk big", "one", 1), ("run big", "two", 2)):
        outcome = matcher.match(words, Surroundings())
        assert isinstance(outcome, Understood)
        assert (outcome.meaning.skill, outcome.meaning.slots) == (skill, {"size": size})
