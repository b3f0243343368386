"""How words sound, in the ARPAbet phones of the English acoustic model.

The recogniser's own dictionary first, then what flite says (its letter-to-sound rules were trained on the same
dictionary and speak the same phones), then espeak-ng, then the spelling rules of `spelling`. Runs in the hub while a
grammar is built; the sealed worker needs `spoken_parts` alone. docs/decisions/0005-pronunciations.md says why.
"""

import importlib.util
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

import structlog

from hub.perception.speech import voices
from hub.perception.speech.spelling import LETTERS, by_spelling

log = structlog.get_logger(__name__)

PHONES: Final = frozenset((
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH", "IH", "IY", "JH", "K",
    "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH",
))  # fmt: skip
"""What the acoustic model knows."""

HEARD_OTHERWISE: Final[dict[str, tuple[str, ...]]] = {
    "off": ("AA F", "AO HH"),
    "office": ("AA F AH S",),
}
"""Second pronunciations of words that the dictionary has: as many people say them, or as the model hears them.

Without the first, most "off" is heard as "on", the one mistake that a home must not make; without the second it still
is where the F is but a breath: before a vowel ("off all"), and in noise (kitchen, 10 dB: of 75 sentences with on or off
14 "off" were heard as "on", with it 10; 4 "on" as "off", with it 5).
"""

_SYMBOLS: Final = {"%": "percent", "°": "degrees", "&": "and", "+": "plus", "@": "at", "#": "number", "€": "euros"}
_PART: Final = re.compile(r"[a-z]+(?:'[a-z]+)*|\d+|[%°&+@#€]")
_MOST_VARIANTS: Final = 4
_MOST_MISSING: Final = 5_000

Pronounce = Callable[[list[str]], dict[str, tuple[str, ...]]]


def pronunciations(words: Iterable[str], language: str = "en") -> dict[str, tuple[str, ...]]:
    """For every word its pronunciations, the likeliest first, as phones with blanks between.

    A word may hold digits, symbols and hyphens ("fifty%", "wi-fi", "2"). For languages without an acoustic model, and
    for words that cannot be spoken at all, the tuple is empty.
    """
    wanted = set(words)
    if language != "en":
        return dict.fromkeys(wanted, ())
    parts = {word: spoken_parts(word) for word in wanted}
    needed = {part for found in parts.values() for part in found}
    known = _from_dictionary(needed | wanted)
    missing = sorted(needed - known.keys())
    if len(missing) > _MOST_MISSING:
        log.warning("too many unknown words to sound out", words=len(missing), kept=_MOST_MISSING)
        missing = missing[:_MOST_MISSING]
    known.update(sound_out(missing))
    return {word: known.get(word) or _joined([known.get(part, ()) for part in parts[word]]) for word in wanted}


def spoken_parts(word: str) -> list[str]:
    """The words that are said for one written word: "2" is two, "50%" is fifty percent, "wi-fi" is wi and fi."""
    plain = unicodedata.normalize("NFKD", word.casefold().replace("ß", "ss"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("\u2019", "'")
    parts: list[str] = []
    for piece in _PART.findall(plain):
        if piece.isdigit():
            parts.extend(_number(int(piece[:9])))
        else:
            parts.append(_SYMBOLS.get(piece, piece))
    return parts


def _number(number: int) -> list[str]:
    from unicode_rbnf import RbnfEngine  # reads a large table: only homes with digits in their names need it

    return RbnfEngine.for_language("en").format_number(number).text.replace("-", " ").split()


def sound_out(words: list[str]) -> dict[str, tuple[str, ...]]:
    """Pronunciations of words that no dictionary has."""
    if not words:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    synthesised = (voices.flite_phones(words), voices.espeak_phones(words))
    halves = _from_dictionary({half for word in words for pair in _pairs(word) for half in pair})
    for word in words:
        ways = [said[word] for said in synthesised if word in said] or [by_spelling(word)]
        ways.extend(_compound(word, halves))
        if len(word) <= 3 or not re.search("[aeiouy]", word):
            spelled = " ".join(LETTERS[letter] for letter in word if letter in LETTERS)
            ways.insert(0 if not re.search("[aeiouy]", word) else len(ways), spelled)
        found[word] = tuple(dict.fromkeys(way for way in ways if _sound(way)))[:_MOST_VARIANTS]
    return found


def _sound(phones: str) -> bool:
    return bool(phones) and PHONES.issuperset(phones.split())


def _pairs(word: str) -> list[tuple[str, str]]:
    return [(word[:cut], word[cut:]) for cut in range(3, len(word) - 2)]


def _compound(word: str, halves: dict[str, tuple[str, ...]]) -> list[str]:
    """The word as two of the dictionary, the more even cut first: "ecobee" as eco and bee."""
    cuts = sorted(_pairs(word), key=lambda pair: abs(len(pair[0]) - len(pair[1])))
    return [f"{halves[a][0]} {halves[b][0]}" for a, b in cuts if a in halves and b in halves][:1]


def _joined(ways: list[tuple[str, ...]]) -> tuple[str, ...]:
    if not ways or not all(ways):
        return ()
    together = itertools.islice(itertools.product(*ways), _MOST_VARIANTS)
    return tuple(dict.fromkeys(" ".join(way) for way in together))


@lru_cache(maxsize=1)
def _dictionary_file() -> Path | None:
    spec = importlib.util.find_spec("pocketsphinx")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0], "model", "en-us", "cmudict-en-us.dict")


def _from_dictionary(words: set[str]) -> dict[str, tuple[str, ...]]:
    """What the acoustic model's dictionary says, read line by line: keeping it would cost 30 MB for a few words."""
    path = _dictionary_file()
    found: dict[str, list[str]] = {}
    if path is None or not words:
        return {}
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            word, _, phones = line.partition(" ")
            word = word.partition("(")[0] if word.endswith(")") else word
            if word in words:
                found.setdefault(word, []).append(phones.strip())
    for word, more in HEARD_OTHERWISE.items():
        if word in found:
            found[word].extend(more)
    return {word: tuple(dict.fromkeys(ways)) for word, ways in found.items()}
