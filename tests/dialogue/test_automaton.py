"""The word automaton accepts what hassil accepts: hassil's sampler and recogniser are the oracle."""

import pytest
from hassil.expression import Sentence
from hassil.intents import Intents
from hassil.parse_expression import parse_sentence
from hassil.recognize import recognize
from hassil.sample import sample_sentence
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.errors import ManifestError
from hub.dialogue.automaton import Compiler, vocabulary
from hub.dialogue.lattice import Lattice
from hub.dialogue.walk import exact
from hub.dialogue.words import words_of

RULES = {"the": parse_sentence("(the|my)"), "turn": parse_sentence("(turn|switch) [back]")}
_WORD = st.sampled_from(["turn", "on", "light", "lamp", "a", "the"])


def _templates() -> st.SearchStrategy[str]:
    return st.recursive(
        _WORD,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(" ".join),
            st.lists(inner, min_size=1, max_size=3).map(lambda i: f"({'|'.join(i)})"),
            inner.map(lambda i: f"[{i}]"),
            st.tuples(_WORD, st.sampled_from(["[s]", "(s|es)"])).map("".join),
            st.just("<the>"),
        ),
        max_leaves=6,
    )


def accepts(template: str, text: str) -> bool:
    start = Compiler(RULES).compile([parse_sentence(template).expression])
    return bool(exact(start, Lattice(words_of(text), {}), 0, whole=True))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("turn on [the] light[s]", "turn on the lights"),
        ("turn on [the] light[s]", "turn on light"),
        ("<turn> (on|off) <the> lamp", "switch back off my lamp"),
        ("(turn; on; it)", "it turn on"),
        ("what's up, then", "What\u2019s up then?"),
        ("wake-up call", "wake up call"),
        ("100% sure", "100 % sure"),
    ],
)
def test_templates_accept_their_sentences(template: str, text: str) -> None:
    assert accepts(template, text)


@pytest.mark.parametrize("text", ["turn on", "turn on the lightses", "turn on the the light", "turn on the light now"])
def test_other_sentences_are_not_accepted(text: str) -> None:
    assert not accepts("turn on [the] light[s]", text)


@given(_templates())
@settings(max_examples=80, deadline=None)
def test_every_sampled_sentence_is_accepted(template: str) -> None:
    sentence = parse_sentence(template)
    for text, _ in zip(sample_sentence(sentence, {}, RULES), range(25), strict=False):
        if words_of(text):
            assert accepts(template, text), text


@given(_templates(), st.lists(_WORD, min_size=1, max_size=4).map(" ".join))
@settings(max_examples=80, deadline=None)
def test_nothing_is_accepted_that_hassil_refuses(template: str, text: str) -> None:
    if accepts(template, text):
        intents = Intents.from_dict({"language": "en", "intents": {"x": {"data": [{"sentences": [template]}]}}})
        # hassil wants the blanks that a template writes; ours reads words, so "a[ b]" and "a [b]" are the same
        spaced = Intents.from_dict({"language": "en", "intents": {"x": {"data": [{"sentences": _sampled(template)}]}}})
        assert recognize(text, intents, expansion_rules=RULES) or recognize(text, spaced, expansion_rules=RULES)


def _sampled(template: str) -> list[str]:
    texts = {t.strip() for t, _ in zip(sample_sentence(parse_sentence(template), {}, RULES), range(3000), strict=False)}
    return [t for t in texts if t]


def test_a_rule_that_contains_itself_is_refused() -> None:
    rules: dict[str, Sentence] = {"a": parse_sentence("x <a>")}
    with pytest.raises(ManifestError, match="too deeply"):
        Compiler(rules).compile([parse_sentence("<a>").expression])


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(ManifestError, match="<nope>"):
        Compiler({}).compile([parse_sentence("say <nope>").expression])


def test_templates_that_expand_without_end_are_refused_quickly() -> None:
    monster = " ".join(f"[({'|'.join(f'w{i}{j}' for j in range(40))})]" for i in range(60))
    with pytest.raises(ManifestError, match="too much"):
        Compiler({}).compile([parse_sentence(monster).expression] * 40)


def test_many_optional_parts_are_no_explosion() -> None:
    template = " ".join(f"[w{i}]" for i in range(60)) + " end"
    assert accepts(template, "w3 w41 end")
    assert not accepts(template, "w41 w3 end")


def test_vocabulary_is_every_word() -> None:
    start = Compiler(RULES).compile([parse_sentence("<turn> [the] light[s]").expression])
    assert vocabulary(start) == {"turn", "switch", "back", "the", "light", "lights"}
