"""One language as data (locale/en.yaml): the nouns, numbers, phrases and replies that belong to no skill.

A further language is one more file here and one in each skill; no code knows a word of any language.
"""

import functools
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml
from msgspec import Struct, field

from hub.core.errors import ManifestError
from hub.dialogue.words import words_of

SHARE: Final = "share"
"""In the metadata of a value of a list: how often it is said, against 1 for the others."""
FOLDER: Final = Path(__file__).parent / "locale"


class Phrase(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to say something: a hassil template, and slot values that hold when it was said this way.

    `typed` ones are understood, but no recogniser is told to listen for them: digits, and long enumerations. No
    recogniser expects one that does not begin (`begins: false`) as a sentence's first words: nobody says "it on".
    `share` is how often this way is said, against 1 for the others.
    """

    say: str
    set: dict[str, Any] = field(default_factory=dict)
    typed: bool = False
    begins: bool = True
    share: float = 1.0


class KindWords(Struct, frozen=True, forbid_unknown_fields=True):
    """What people call things of a kind (and of one of `classes`, when given), singular and plural."""

    kind: str
    classes: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    many: tuple[str, ...] = ()


class FloorWords(Struct, frozen=True, forbid_unknown_fields=True):
    """A floor as a noun ("ground floor") and as an adverb ("downstairs"), for homes whose floor has this name."""

    nouns: tuple[str, ...] = ()
    adverbs: tuple[str, ...] = ()


class Slips(Struct, frozen=True, forbid_unknown_fields=True):
    """What recognisers and people get wrong, and how far the hub may go to mend it.

    `heard` maps a word to what may have been meant; words of `opposites` are never guessed, changed or dropped
    except by an entry of `heard`, those of `keep` never dropped; `light` words may be missing or extra; `filler`
    may be extra; `endings` are what a plural adds. However the file writes a word, here it is as what was heard is
    (`words_of`): "außer" is "ausser".
    """

    heard: dict[str, tuple[str, ...]] = field(default_factory=dict)
    opposites: tuple[tuple[str, ...], ...] = ()
    keep: tuple[str, ...] = ()
    light: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    filler: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Write every word as what was heard is written."""
        heard = {_heard(word): tuple(map(_heard, meant)) for word, meant in self.heard.items()}
        msgspec.structs.force_setattr(self, "heard", heard)
        msgspec.structs.force_setattr(self, "opposites", tuple(tuple(map(_heard, group)) for group in self.opposites))
        for name in ("keep", "light", "endings", "filler"):
            msgspec.structs.force_setattr(self, name, tuple(map(_heard, getattr(self, name))))


def _heard(words: str) -> str:
    return " ".join(words_of(words))


class Language(Struct, frozen=True, forbid_unknown_fields=True):
    """All that the dialogue knows of one language.

    `rules` are hassil expansions, `numbers` ranges by list name (those of `round_numbers` are mostly said in tens),
    `lists` fixed words by list name, `phrases` ways of saying targets, places, times... , `sentences` what people say
    to the dialogue itself. `heard_rules` and `heard_lists` take the place of `rules` and `lists` for a recogniser:
    what may be typed but is hardly ever said only gives it something to mishear. `exceptions` are what stands before
    what is left out ("except"), with what that stands for in the rest of the sentence. `heard_pointing` are further
    lists for homes where a camera looks for pointing hands.
    """

    language: str
    rules: dict[str, str]
    numbers: dict[str, tuple[int, int]]
    number_spellings: dict[str, str]
    lists: dict[str, dict[str, bool | int | float | str]]
    phrases: dict[str, tuple[str | Phrase, ...]]
    kinds: tuple[KindWords, ...]
    floors: dict[str, FloorWords]
    sentences: dict[str, tuple[str | Phrase, ...]]
    conjunctions: tuple[str, ...]
    exceptions: dict[str, str]
    polite: tuple[str, ...]
    slips: Slips
    replies: dict[str, str]
    compounds: tuple[str, ...] = ()
    round_numbers: tuple[str, ...] = ()
    heard_rules: dict[str, str] = {}
    heard_lists: dict[str, tuple[str, ...]] = {}
    heard_pointing: dict[str, tuple[str, ...]] = {}

    def ways(self, phrase: str) -> tuple[Phrase, ...]:
        """The ways to say `phrase`, none when the language has no such phrase."""
        return tuple(p if isinstance(p, Phrase) else Phrase(say=p) for p in self.phrases.get(phrase, ()))


def languages() -> tuple[str, ...]:
    """The languages that there are files for."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@functools.lru_cache(maxsize=8)
def load_language(language: str) -> Language:
    """The checked data of `language`; raises `ManifestError` naming the file, or the languages that there are."""
    path = FOLDER / f"{language}.yaml"
    if language not in languages():
        raise ManifestError(f"no words for language {language!r}", remedy=f"use one of {', '.join(languages())}")
    try:
        return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Language)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise ManifestError(
            str(error), place=str(path), remedy="see hub/dialogue/language.py for the fields"
        ) from error
