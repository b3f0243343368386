"""What a recogniser is told of a home's grammar: the same sentences, without what is typed but hardly ever said."""

import msgspec
from hassil.intents import TextSlotList
from hassil.parse_expression import parse_sentence

from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.speech_grammar import Priors, speech_grammar
from hub.perception.speech.grammar import SpeechGrammar


def spoken_grammar(grammar: HomeGrammar, priors: Priors | None = None) -> SpeechGrammar:
    """The speech grammar of `grammar`, in its language. Blocking, a second for a large home: run it in a thread."""
    language = grammar.language
    lists = {
        name: TextSlotList.from_strings(list(words), name=name)
        for name, words in language.heard_lists.items()
        if name in grammar.slot_lists
    }
    rules = {name: parse_sentence(text) for name, text in language.heard_rules.items()}
    joiner = min(language.conjunctions, key=len, default="")
    priors = msgspec.structs.replace(priors or Priors(), round_numbers=frozenset(language.round_numbers))
    spoken = speech_grammar(grammar.intents, lists, rules, language=language.language, joiner=joiner, priors=priors)
    return msgspec.structs.replace(spoken, opposites=language.slips.opposites)
