"""What a recogniser is told of a home's grammar: the same sentences, without what is typed but hardly ever said."""

import dataclasses
from typing import Final

import msgspec
from hassil.intents import TextSlotList
from hassil.parse_expression import parse_sentence

from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.placing import FORGET, NAME, PLACE
from hub.dialogue.sentences import OWN
from hub.dialogue.speech_grammar import Priors, speech_grammar
from hub.perception.speech.grammar import SpeechGrammar

_PLACING: Final = frozenset(f"{OWN}.{intent}" for intent in (NAME, PLACE, FORGET))
_POINTING: Final = ("that", "there")
"""The lists without which nothing is said that needs a hand."""


def spoken_grammar(grammar: HomeGrammar, priors: Priors | None = None, *, pointing: bool = False) -> SpeechGrammar:
    """The speech grammar of `grammar`, in its language. Blocking, a second for a large home: run it in a thread.

    `pointing`: a camera looks for hands, so people say "turn that light on" and "what is that".
    """
    language = grammar.language
    heard = {**language.heard_lists, **(language.heard_pointing if pointing else dict.fromkeys(_POINTING, ()))}
    lists = {
        name: TextSlotList.from_strings(list(words), name=name)
        for name, words in heard.items()
        if name in grammar.slot_lists
    }
    intents = grammar.intents
    if not pointing:
        kept = {name: intent for name, intent in intents.intents.items() if name not in _PLACING}
        intents = dataclasses.replace(intents, intents=kept)
    rules = {name: parse_sentence(text) for name, text in language.heard_rules.items()}
    joiner = min(language.conjunctions, key=len, default="")
    priors = msgspec.structs.replace(priors or Priors(), round_numbers=frozenset(language.round_numbers))
    spoken = speech_grammar(intents, lists, rules, language=language.language, joiner=joiner, priors=priors)
    return msgspec.structs.replace(spoken, opposites=language.slips.opposites)
