"""How wake words are spoken, and what is taken for them: what the second stage decides between."""

from typing import Final

from msgspec import Struct


class Phrase(Struct, frozen=True):
    """A wake phrase and its rivals, each a sequence of words of `SOUNDS`.

    `margin` is by how much (natural log of the likelihood ratio) the phrase must fit the sound better than the best
    rival does; below 0 the rival must fit clearly better before the word is refused.
    """

    says: tuple[str, ...]
    rivals: tuple[tuple[str, ...], ...]
    margin: float


def _each(words: str) -> tuple[tuple[str, ...], ...]:
    return tuple((word,) for word in words.split())


SOUNDS: Final[dict[str, str]] = {
    "hey": "HH EY",
    "jarvis": "JH AA R V AH S",
    "mycroft": "M AY K R AO F T",
    "microsoft": "M AY K R OW S AO F T",
    "michael": "M AY K AH L",
    "mike": "M AY K",
    "my": "M AY",
    "craft": "K R AE F T",
    "marvin": "M AA R V IH N",
    "martin": "M AA R T AH N",
    "marv": "M AA R V",
    "alexa": "AH L EH K S AH",
    "alaska": "AH L AE S K AH",
    "alex": "AE L IH K S",
    "alexis": "AH L EH K S IH S",
    "elect": "IH L EH K T",
    "election": "IH L EH K SH AH N",
    "electra": "IH L EH K T R AH",
    "electric": "IH L EH K T R IH K",
    "elixir": "IH L IH K S ER",
    "exa": "EH K S AH",
    "flexible": "F L EH K S AH B AH L",
    "lecture": "L EH K CH ER",
    "lexicon": "L EH K S IH K AA N",
    "lexus": "L EH K S AH S",
    "like-sir": "L AY K S ER",
    "pause": "P AO Z",
    "relax-a": "R IH L AE K S AH",
    "text-a": "T EH K S T AH",
    "unless-a": "AH N L EH S AH",
}
"""Words and their sounds, in the phone set of PocketSphinx's US English model."""

PHRASES: Final[dict[str, Phrase]] = {
    "hey_jarvis": Phrase(("hey", "jarvis"), (("jarvis",),), -3.0),
    "hey_mycroft": Phrase(
        ("hey", "mycroft"),
        (("mycroft",), ("hey", "microsoft"), ("hey", "michael"), ("hey", "mike"), ("hey", "my", "craft")),
        -5.0,
    ),
    "hey_marvin": Phrase(("hey", "marvin"), (("marvin",), ("hey", "martin"), ("hey", "marv")), -10.0),
    "alexa": Phrase(
        ("alexa",),
        _each(
            "alaska alex alexis elect election electra electric elixir exa flexible lecture lexicon lexus like-sir "
            "pause relax-a text-a unless-a"
        ),
        30.0,
    ),
}
"""The words that have a second stage."""
